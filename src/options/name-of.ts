/** What may be told of an exception: its message could hold what the application keeps secret. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
