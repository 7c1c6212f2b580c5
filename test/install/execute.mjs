import { execFile } from 'node:child_process';

/** An install takes some seconds, the blocks of the README about half a minute. This bounds a hang only. */
const TIMEOUT_MILLIS = 900_000;

/** Runs a command to its end. */
export function execute([file, ...args], options) {
  return new Promise((done) => {
    execFile(file, args, { ...options, timeout: TIMEOUT_MILLIS }, (error, stdout, stderr) => {
      const code = error === null ? 0 : (error.code ?? error.signal);
      done({ code, output: `${stdout}\n${stderr}` });
    });
  });
}
