import { observedHost } from './exchange-of';

type Method = (...args: unknown[]) => unknown;

/** Functions that stand in for methods of requests, or of responses, that are observed. */
export class Taps<Name extends string> {
  readonly #prototype: object;
  readonly #names: readonly Name[];
  readonly #descriptors: readonly PropertyDescriptor[];
  /** Methods that a request or a response had of its own. Almost none has: there is no map without need. */
  #own: WeakMap<object, Map<string, Method>> | undefined;

  /** @param prototype Node's own, with methods of the same names. */
  constructor(prototype: object, taps: { readonly [Key in Name]: unknown }) {
    this.#prototype = prototype;
    this.#names = Object.keys(taps) as Name[];
    this.#descriptors = this.#names.map((name) => ({
      value: taps[name],
      writable: true,
      configurable: true,
      // `Object.keys` does not see them.
      enumerable: false,
    }));
  }

  putOn(host: object): void {
    for (let index = 0; index < this.#names.length; index++) {
      const name = this.#names[index] as Name;
      if (Object.hasOwn(host, name)) this.#keepOwn(host, name);
      Object.defineProperty(host, name, this.#descriptors[index] as PropertyDescriptor);
    }
  }

  /**
   * The method that a tap stands in for: the one that the object had of its own, or the one that its prototype
   * has now. Express gives every response another prototype, on which an application may have methods of its own.
   */
  original(self: object, name: Name): Method {
    const host = observedHost(self);
    // An application may copy a method to another object.
    if (host === undefined) return Reflect.get(this.#prototype, name, self) as Method;
    const own = this.#own?.get(host)?.get(name);
    // Not the prototype of `self`: that is the host itself where an application has made an object from it.
    return own ?? (Reflect.get(Object.getPrototypeOf(host), name, self) as Method);
  }

  #keepOwn(host: object, name: Name): void {
    this.#own ??= new WeakMap();
    const methods = this.#own.get(host) ?? new Map<string, Method>();
    methods.set(name, Reflect.get(host, name) as Method);
    this.#own.set(host, methods);
  }
}
