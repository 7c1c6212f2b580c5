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
