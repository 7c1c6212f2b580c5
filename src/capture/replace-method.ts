/** Puts a function in place of a method of one object, where `Object.keys` and `for in` do not see it. */
export function replaceMethod<Host extends object, Name extends keyof Host>(
  host: Host,
  name: Name,
  value: unknown,
): void {
  Object.defineProperty(host, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/**
 * How to find the method that a replacement stands in for: the object's own one, if it has one now, or the
 * one that its prototype has at the time of the call. Express gives every response another prototype, on
 * which an application may have methods of its own.
 */
export function originalMethod<Host extends object, Name extends keyof Host>(
  host: Host,
  name: Name,
): (self: object) => Host[Name] {
  if (Object.hasOwn(host, name)) {
    const own = host[name];
    return () => own;
  }
  // Not the prototype of `self`: that is the host itself where an application has made an object from it.
  return (self) => Reflect.get(Object.getPrototypeOf(host), name, self) as Host[Name];
}
