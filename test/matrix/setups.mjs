// The ways to use the package: what is loaded before the app, as CommonJS or ES modules.

const REGISTER = 'readme-metrics-opentelemetry/register';

/** @returns the flag with which an app of that kind loads a module of its own first. */
const preload = (name, kind) => [kind === 'mjs' ? '--import' : '--require', `./${name}.${kind}`];

const inCode = (name, module, sees) => ({
  name,
  flags: (kind) => preload(module, kind),
  theirExporterSees: sees,
});

const zeroCode = (flag, more) => ({
  name: `\`${flag} …/register\``,
  flags: (kind) => [flag, REGISTER, ...more(kind)],
  theirExporterSees: 'log id',
});

/** Beside an SDK of the application. */
const BESIDE_SDK = [
  inCode('`readmeHttpHooks` + `ReadmeSpanExporter`', 'hooks-exporter', 'exchange'),
  inCode('`readmeHttpHooks` + `ReadmeSpanProcessor`', 'hooks-processor', 'nothing'),
  inCode('`ReadmeInstrumentation` in NodeSDK', 'instrumentation', 'log id'),
  zeroCode('--require', (kind) => preload('plain-sdk', kind)),
  zeroCode('--import', (kind) => preload('plain-sdk', kind)),
];

/** Without any other OpenTelemetry than its API. */
const ALONE = [
  inCode('`ReadmeInstrumentation`', 'standalone'),
  zeroCode('--require', () => []),
  zeroCode('--import', () => []),
];

const KINDS = { cjs: 'CommonJS', mjs: 'ES modules' };

/** Every setup, in every kind of module, that an application with or without an SDK can have. */
export function setupsFor(environment) {
  const setups = environment.sdkMajor === undefined ? ALONE : BESIDE_SDK;
  return setups.flatMap(({ name, flags, theirExporterSees }) =>
    Object.entries(KINDS).map(([kind, kindName]) => ({
      name: `${name}, ${kindName}`,
      flags: flags(kind),
      app: `app.${kind}`,
      theirExporterSees,
    })),
  );
}
