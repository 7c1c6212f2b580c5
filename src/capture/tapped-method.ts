import { exchangeOf, observedHost } from './exchange-of';

type Method = (...args: unknown[]) => unknown;

/** Methods that a request or a response had of its own when it was tapped, by name. */
export type OwnMethods = ReadonlyMap<string, Method>;

/** Puts functions in place of methods of one object, where `Object.keys` and `for in` do not see them. */
export class Taps {
  readonly #descriptors: [string, PropertyDescriptor][];

  constructor(taps: { readonly [name: string]: unknown }) {
    this.#descriptors = Object.entries(taps).map(([name, value]) => [
      name,
      { value, writable: true, configurable: true, enumerable: false },
    ]);
  }

  /**
   * @param known what another host of the same exchange had.
   * @returns these, and the methods that `host` itself had; almost always none.
   */
  putOn(host: object, known?: OwnMethods): OwnMethods | undefined {
    let own = known;
    for (const [name, descriptor] of this.#descriptors) {
      if (Object.hasOwn(host, name)) {
        own = new Map([
          ...(own ?? []),
          [name, (host as { [name: string]: Method })[name] as Method],
        ]);
      }
      Object.defineProperty(host, name, descriptor);
    }
    return own;
  }
}

/**
 * The method that a tap stands in for: the one that the tapped object had of its own, or the one that its
 * prototype has now. Express gives every response another prototype, on which an application may have
 * methods of its own.
 *
 * @param prototype has it where nothing was tapped: an application may copy a method to another object.
 */
export function originalMethod<Name extends string>(
  self: object,
  name: Name,
  prototype: { readonly [Key in Name]: unknown },
): Method {
  const host = observedHost(self);
  if (host === undefined) return prototype[name] as Method;
  const own = exchangeOf(host)?.ownMethods?.get(name);
  // Not the prototype of `self`: that is the host itself where an application has made an object from it.
  return own ?? (Reflect.get(Object.getPrototypeOf(host), name, self) as Method);
}
