/**
 * The file in which this code runs, as a path or a `file:` URL: a file of this package, or the bundle that
 * it has become a part of. A bundle of ES modules has no `__filename`, and bundlers put names of their own
 * in its place; only the call stack says where the code really is.
 *
 * Without imports: `lend-require.ts` needs it before anything can be required.
 */
export function ownScript(): string {
  const seen = callSite();
  if (seen !== undefined && /^(file:|\/|[A-Za-z]:[\\/]|\\\\)/.test(seen)) return seen;
  return typeof __filename === 'string' ? __filename : (process.argv[1] ?? process.execPath);
}

/** Whether this code has become part of another file. */
export function isBundled(): boolean {
  return !/[\\/]bundles[\\/]own-script\.[jt]s$/.test(ownScript());
}

/** The script of this very function; `undefined` where intrinsics are frozen, and in evaluated code. */
function callSite(): string | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_error, [site]) => site?.getFileName();
    return new Error().stack ?? undefined;
  } catch {
    return undefined;
  } finally {
    restore(prepareStackTrace, stackTraceLimit);
  }
}

function restore(prepare: typeof Error.prepareStackTrace, limit: number): void {
  try {
    if (prepare === undefined) delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
    else Error.prepareStackTrace = prepare;
    Error.stackTraceLimit = limit;
  } catch {
    // Frozen: then nothing was changed.
  }
}
