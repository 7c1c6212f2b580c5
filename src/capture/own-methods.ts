export type Method = (...args: unknown[]) => unknown;

/** Methods that a request or a response had of its own when it was tapped, by name. */
export type OwnMethods = ReadonlyMap<string, Method>;
