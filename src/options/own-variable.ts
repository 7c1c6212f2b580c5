/**
 * The value of a variable, without spaces around it; `undefined` when it is not set or empty, which counts as the
 * same (OpenTelemetry's specification). Only of the environment's own: `process.env` inherits from
 * Object.prototype, and what another package's fault has let a stranger write there is no setting.
 */
export function ownVariable(environment: NodeJS.ProcessEnv, variable: string): string | undefined {
  const text = Object.hasOwn(environment, variable) ? environment[variable]?.trim() : undefined;
  return text === '' ? undefined : text;
}
