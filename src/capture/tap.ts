import type { Exchange } from './exchange';
import { observedHost } from './exchange-of';

type Method = (...args: unknown[]) => unknown;

export interface TapOptions<Host> {
  readonly name: string | symbol;
  /** Stands in for the method. */
  readonly method: (this: Host, ...args: never[]) => unknown;
  /**
   * `(prototype) => prototype.name`, written out: V8 remembers for each place in the code where it finds a
   * property. `Reflect.get`, which finds any, takes longer than all else that a tap does.
   */
  readonly read: (prototype: Host) => unknown;
}

/** A function that stands in for one method of requests, or of responses, that are observed. */
export class Tap<Host extends object> {
  readonly #options: TapOptions<Host>;
  readonly #descriptor: PropertyDescriptor;
  /** Node's own, with a method of the same name. */
  readonly #prototype: object;
  /** The prototype of which it was last seen that it has no accessor in place of the method. */
  #readable: object | undefined;
  /** Methods that a request or a response had of its own. Almost none has: there is no map without need. */
  #own: WeakMap<object, Method> | undefined;

  constructor(prototype: Host, options: TapOptions<Host>) {
    this.#prototype = prototype;
    this.#options = options;
    this.#descriptor = {
      value: options.method,
      writable: true,
      configurable: true,
      // `Object.keys` does not see them.
      enumerable: false,
    };
  }

  putOn(host: Host): void {
    const { name } = this.#options;
    if (Object.hasOwn(host, name)) {
      this.#own ??= new WeakMap();
      this.#own.set(host, Reflect.get(host, name) as Method);
    }
    Object.defineProperty(host, name, this.#descriptor);
  }

  /**
   * The method that a tap stands in for: the one that the object had of its own, or the one that its prototype
   * has now. Express gives every response another prototype, on which an application may have methods of its own.
   *
   * @param exchange of `self`.
   */
  original(self: Host, exchange: Exchange | undefined): Method {
    const host = exchange?.isHost(self) === true ? self : observedHost(self);
    // An application may copy a method to another object.
    if (host === undefined) return Reflect.get(this.#prototype, this.#options.name, self) as Method;
    const own = this.#own?.get(host);
    if (own !== undefined) return own;
    // Not the prototype of `self`: that is the host itself where an application has made an object from it.
    const prototype = Object.getPrototypeOf(host) as Host;
    if (prototype !== this.#readable) {
      if (hasAccessor(prototype, this.#options.name)) {
        return Reflect.get(prototype, this.#options.name, self) as Method;
      }
      this.#readable = prototype;
    }
    return this.#options.read(prototype) as Method;
  }
}

/** An accessor has to be asked with the object that has it for its prototype. */
function hasAccessor(prototype: object, name: string | symbol): boolean {
  for (
    let holder: object | null = prototype;
    holder !== null;
    holder = Object.getPrototypeOf(holder)
  ) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor !== undefined) return descriptor.get !== undefined;
  }
  return false;
}
