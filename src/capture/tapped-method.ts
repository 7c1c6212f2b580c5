import type { Exchange } from './exchange';
import { observedHost } from './exchange-of';
import type { Method, OwnMethods } from './own-methods';

/** Puts functions in place of methods of one object, where `Object.keys` and `for in` do not see them. */
export class Taps {
  readonly #names: readonly string[];
  readonly #descriptors: readonly PropertyDescriptor[];

  constructor(taps: { readonly [name: string]: unknown }) {
    this.#names = Object.keys(taps);
    this.#descriptors = Object.values(taps).map((value) => ({
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    }));
  }

  /**
   * @param known what another host of the same exchange had.
   * @returns these, and the methods that `host` itself had; almost always none.
   */
  putOn(host: object, known: OwnMethods | undefined): OwnMethods | undefined {
    let own = known;
    for (let index = 0; index < this.#names.length; index++) {
      const name = this.#names[index] as string;
      if (Object.hasOwn(host, name)) {
        own = new Map([...(own ?? []), [name, Reflect.get(host, name) as Method]]);
      }
      Object.defineProperty(host, name, this.#descriptors[index] as PropertyDescriptor);
    }
    return own;
  }
}

/**
 * The method that a tap stands in for: the one that the tapped object had of its own, or the one that its
 * prototype has now. Express gives every response another prototype, on which an application may have
 * methods of its own.
 *
 * @param exchange of `self`; none where an application has copied a method to another object.
 * @param prototype has the method there.
 */
export function originalMethod<Name extends string>(
  self: object,
  name: Name,
  exchange: Exchange | undefined,
  prototype: { readonly [Key in Name]: unknown },
): Method {
  if (exchange === undefined) return prototype[name] as Method;
  const own = exchange.ownMethods?.get(name);
  // Not the prototype of `self`: that is the host itself where an application has made an object from it.
  return own ?? (Reflect.get(Object.getPrototypeOf(observedHost(self)), name, self) as Method);
}
