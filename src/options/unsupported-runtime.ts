/**
 * Why nothing is logged on the runtime of this process, and what to do; `undefined` on one that is supported. Bun's
 * `node:http` publishes none of Node's diagnostics channels.
 */
export function unsupportedRuntime(versions: NodeJS.ProcessVersions): string | undefined {
  if (versions.bun === undefined) return undefined;
  return 'nothing is logged on Bun, whose HTTP server cannot be observed. Run the application with Node.js, or with Deno.';
}
