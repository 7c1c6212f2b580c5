import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE_MILLIS, PATIENT_ENV } from '../support/patience';
import { type SdkEnvironment, sdkEnvironments } from '../support/sdk-environments';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');

const { environments, missing } = await sdkEnvironments();
if (missing !== undefined) it.skip(`SDK 3: ${missing}`);

// The examples with an SDK of OpenTelemetry. That they run with SDK 2 is in examples.test.ts and demo.test.ts.
describe.each(environments.filter(({ sdk }) => sdk === '3'))(
  'with $name',
  { timeout: PATIENCE_MILLIS },
  (sdk: SdkEnvironment) => {
    let folder: string;

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'readme-examples-'));
      for (const name of ['demo', 'node-sdk', 'support']) {
        cpSync(join(EXAMPLES, name), join(folder, 'examples', name), { recursive: true });
      }
      sdk.linkModules(folder);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
      const own = Object.entries(process.env).filter(
        ([name]) => !/^(OTEL|README|NODE)_/.test(name),
      );
      const options = {
        cwd: folder,
        env: { ...Object.fromEntries(own), ...PATIENT_ENV },
        timeout: PATIENCE_MILLIS,
      };
      return new Promise((done) => {
        execFile(sdk.node, args, options, (error, stdout, stderr) => {
          done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
        });
      });
    }

    it('the demo finds all as it should be', async () => {
      const { stdout, ...ended } = await run('examples/demo/demo.js', '--once');
      expect(ended).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toContain('FAILED');
      expect(stdout).toContain('readme.log.id = ');
    });

    it('node-sdk: the collector gets the spans, with the id of the log and without bodies', async () => {
      const { stdout, ...ended } = await run('examples/node-sdk/run.js');
      expect(ended).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('ReadMe would have got 2 logs:');
      const [, spans] = stdout.split('The collector got 2 spans');
      expect(spans?.match(/readme\.log\.id = /g)).toHaveLength(2);
      expect(spans).not.toMatch(/readme\.(?!log\.id)|body|4929123456781234/);
    });
  },
);
