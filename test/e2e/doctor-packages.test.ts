import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { runToEnd } from '../support/spawned-app';
import { lines, useDoctor } from '../support/use-doctor';

const doctor = useDoctor('a test');
const API = 'node_modules/@opentelemetry/api';

/** Has an installed package say that it is of another version. */
function setVersion(path: string, version: string): void {
  const manifest = join(doctor.project.folder, path, 'package.json');
  const content = JSON.parse(readFileSync(manifest, 'utf8')) as object;
  writeFileSync(manifest, JSON.stringify({ ...content, version }));
}

it('an old OpenTelemetry API', async () => {
  setVersion('node_modules/@opentelemetry/api', '1.8.0');
  const ran = await doctor.run();
  expect(ran.code).toBe(1);
  expect(lines(ran, 'fail')).toEqual([
    '@opentelemetry/api 1.8.0 in node_modules/@opentelemetry/api does not fit: needed is 1.9.0 or later, before 2',
  ]);
  expect(ran.next).toContain('npm install @opentelemetry/api@^1.9.0');
});

it('an old OpenTelemetry SDK', async () => {
  for (const [name, version] of [
    ['@opentelemetry/sdk-node', '0.57.2'],
    ['@opentelemetry/sdk-trace-base', '1.30.1'],
  ] as const) {
    rmSync(join(doctor.project.folder, 'node_modules', name), { recursive: true, force: true });
    doctor.project.writePackage(`node_modules/${name}`, name, version);
  }
  // What npm would do: this package keeps the SDK that it needs to itself.
  doctor.project.install(
    '@opentelemetry/sdk-trace-base',
    'node_modules/@opentelemetry/sdk-trace-node/node_modules',
  );
  const ran = await doctor.run();
  expect(ran.code).toBe(0);
  expect(lines(ran, 'warn')).toEqual([
    expect.stringContaining("@opentelemetry/sdk-node 0.57.2 is of OpenTelemetry's SDK 1, too old"),
    expect.stringContaining("@opentelemetry/sdk-trace-base 1.30.1 is of OpenTelemetry's SDK 1"),
  ]);
  expect(ran.next).toContain('Look at the warnings above');
});

it('two copies of the package', async () => {
  const nested = 'node_modules/shop/node_modules/readme-metrics-opentelemetry';
  doctor.project.writePackage(nested, 'readme-metrics-opentelemetry', '0.0.9');
  const ran = await doctor.run();
  expect(ran.code).toBe(1);
  expect(lines(ran, 'fail')).toHaveLength(1);
  expect(lines(ran, 'fail')[0]).toContain(
    '2 copies of readme-metrics-opentelemetry: 0.1.0 in node_modules/readme-metrics-opentelemetry, 0.0.9 in node_modules/shop/',
  );
  expect(ran.next).toContain('npm ls readme-metrics-opentelemetry');
});

it('a second copy of the API that another package has is a warning', async () => {
  doctor.project.writePackage(
    'node_modules/shop/node_modules/@opentelemetry/api',
    '@opentelemetry/api',
    '1.7.0',
  );
  const ran = await doctor.run();
  expect(ran.code).toBe(0);
  expect(lines(ran, 'warn')).toEqual([
    expect.stringContaining(
      `there are 2 copies of @opentelemetry/api: 1.9.1 in ${API}, 1.7.0 in node_modules/shop/`,
    ),
  ]);
});

it('a copy of the API that only this package gets is a failure', async () => {
  const own = 'node_modules/readme-metrics-opentelemetry/node_modules';
  doctor.project.install('@opentelemetry/api', own);
  const ran = await doctor.run();
  expect(ran.code).toBe(1);
  expect(lines(ran, 'fail')).toEqual([
    `your application and readme-metrics-opentelemetry get different copies of @opentelemetry/api: ${API} and ${own}/@opentelemetry/api`,
  ]);
});

it('without the API, it says so although it cannot go on', async () => {
  rmSync(join(doctor.project.folder, API), { recursive: true });
  const ran = await doctor.run();
  expect(ran.code).toBe(1);
  expect(lines(ran, 'fail')).toEqual([
    '@opentelemetry/api is not installed',
    expect.stringContaining(
      "the doctor could not go on: Error: Cannot find module '@opentelemetry/api'",
    ),
  ]);
  expect(ran.next).toContain('Next: Run npm install @opentelemetry/api.');
});

it('a Node.js that is too old', async () => {
  const path = join(
    doctor.project.folder,
    'node_modules/readme-metrics-opentelemetry/package.json',
  );
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...manifest, engines: { node: '>=99.1.0' } }));
  const ran = await doctor.run();
  expect(ran.code).toBe(1);
  expect(lines(ran, 'fail')).toEqual([
    `Node.js ${process.versions.node} is too old: needed is 99.1.0 or later`,
  ]);
});

it('a folder in which the package is not installed', async () => {
  const cli = join(doctor.project.folder, 'node_modules/readme-metrics-opentelemetry/dist/cli.js');
  const elsewhere = mkdtempSync(join(tmpdir(), 'readme-elsewhere-'));
  try {
    const ran = await runToEnd([cli, 'doctor'], { cwd: elsewhere });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('readme-metrics-opentelemetry is not installed here');
    expect(ran.stdout).toContain(
      'Next: Run npm install readme-metrics-opentelemetry @opentelemetry/api',
    );
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

it('in a store as that of pnpm, a package is found once, with what is beside it', async () => {
  const { folder } = doctor.project;
  const sdk = '@opentelemetry/sdk-trace-node';
  doctor.project.writePackage(`node_modules/${sdk}`, sdk, '2.12.0');
  const store = join(folder, 'node_modules/.pnpm/all/node_modules');
  renameSync(join(folder, 'node_modules'), join(folder, 'moved'));
  mkdirSync(dirname(store), { recursive: true });
  renameSync(join(folder, 'moved'), store);
  mkdirSync(join(folder, 'node_modules/@opentelemetry'));
  for (const name of ['readme-metrics-opentelemetry', '@opentelemetry/api']) {
    symlinkSync(join(store, name), join(folder, 'node_modules', name), 'junction');
  }
  const ran = await doctor.run();
  expect([lines(ran, 'fail'), lines(ran, 'warn')]).toEqual([[], []]);
  expect(ran.stdout).toMatch(/note {2}@opentelemetry\/sdk-trace-node \S+ in node_modules\/\.pnpm/);
});

it('in a workspace, the packages of others do not count', async () => {
  const { project } = doctor;
  project.writePackage('packages/shop', 'shop', '1.0.0');
  project.writePackage(
    'packages/shop/node_modules/@opentelemetry/api',
    '@opentelemetry/api',
    '1.4.0',
  );
  project.writePackage('packages/letters', 'letters', '1.0.0');
  symlinkSync(
    join(project.folder, 'packages/shop'),
    join(project.folder, 'node_modules/shop'),
    'junction',
  );
  const cli = join(project.folder, 'node_modules/readme-metrics-opentelemetry/dist/cli.js');
  const inLetters = await runToEnd([cli, 'doctor'], {
    cwd: join(project.folder, 'packages/letters'),
  });
  expect(inLetters.stdout).not.toContain('1.4.0');
  const inShop = await runToEnd([cli, 'doctor'], { cwd: join(project.folder, 'packages/shop') });
  expect(inShop.stdout).toContain('get different copies of @opentelemetry/api');
});
