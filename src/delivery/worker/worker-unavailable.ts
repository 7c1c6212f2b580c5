/** What a person reads about a worker thread that cannot be started. */
interface Unavailable {
  readonly cause: string;
  /** What to do, as an imperative without a full stop. */
  readonly advice: string;
}

/** Of Node's permission model. */
interface Permission {
  has(scope: string): boolean;
}

const SWITCH_OFF = 'set backgroundWorkerMode to false (README_BACKGROUND_WORKER_MODE)';

/**
 * Why there is no worker thread, and what to do about it.
 *
 * @param reason code or name of the error, or the exit code.
 */
export function explainUnavailable(reason: string): string {
  const { cause, advice } = explain(reason);
  return `the background worker cannot be started: ${cause} (${reason}). Logs are made on the main thread, which costs the application time. ${advice}; or ${SWITCH_OFF}.`;
}

function explain(reason: string): Unavailable {
  switch (reason) {
    case 'ERR_README_WORKER_BUNDLED':
      return {
        cause: 'this package is part of a bundle, which has no file with the code of the worker',
        advice:
          'Keep this package external, or give your bundler a second entry that it names readme-metrics-worker: readme-metrics-opentelemetry/worker',
      };
    case 'ERR_README_WORKER_VERSION':
      return {
        cause: 'the code of the worker is of another version of this package than your bundle',
        advice: 'Build the entry readme-metrics-worker and your bundle together',
      };
    case 'ERR_README_WORKER_MISSING':
      return {
        cause: 'the file dist/delivery/worker/worker.js of this package is not there',
        advice: 'Deploy the package as it was installed',
      };
    case 'ERR_ACCESS_DENIED':
      return deniedBy((process as { permission?: Permission }).permission);
    case 'MODULE_NOT_FOUND':
      return process.versions.pnp === undefined
        ? {
            cause: 'a module that the worker needs is not installed',
            advice: 'Deploy the package with all its dependencies',
          }
        : {
            cause: "Yarn Plug'n'Play does not find a module that the worker needs",
            advice: 'Run yarn install again, or use nodeLinker: node-modules',
          };
    default:
      return {
        cause: 'the runtime does not start it',
        advice: 'Check whether this runtime has worker threads',
      };
  }
}

function deniedBy(permission: Permission | undefined): Unavailable {
  return permission?.has('worker') === true
    ? {
        cause: "Node's permission model does not let it read the files of this package",
        advice: 'Start node with --allow-fs-read for the folder of your application',
      }
    : {
        cause: "Node's permission model does not allow worker threads",
        advice: 'Start node with --allow-worker',
      };
}
