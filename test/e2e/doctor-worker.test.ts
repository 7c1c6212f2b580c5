import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProxy } from '../support/proxy-server';
import { lines, useDoctor } from '../support/use-doctor';

const doctor = useDoctor('a test');
const DIST = 'node_modules/readme-metrics-opentelemetry/dist';

describe('the doctor asks from the thread that sends logs', () => {
  it('and not from the main thread', async () => {
    // The doctor's sample request has to go through.
    const broken = `
      const { Socket } = require('node:net');
      const { connect } = Socket.prototype;
      const { port } = new URL(process.env.README_METRICS_SERVER);
      Socket.prototype.connect = function (...args) {
        if (JSON.stringify(args[0]).includes(port)) throw new Error('main thread');
        return connect.apply(this, args);
      };`;
    doctor.project.write('no-network.cjs', broken);
    const preload = ['--require', './no-network.cjs'];
    const ran = await doctor.run({}, [], preload);
    expect([lines(ran, 'fail'), lines(ran, 'warn')]).toEqual([[], []]);
    const inline = await doctor.run({ README_BACKGROUND_WORKER_MODE: 'false' }, [], preload);
    expect(lines(inline, 'fail')).toEqual([expect.stringContaining('main thread')]);
  });

  it('says why that cannot be started, and asks from the main thread as logs are sent then', async () => {
    rmSync(join(doctor.project.folder, DIST, 'delivery/worker/worker.js'));
    const ran = await doctor.run();
    expect(lines(ran, 'warn')).toEqual([
      expect.stringMatching(/^the background worker cannot be started: .*worker\.js.*not there/),
    ]);
    expect(ran.stdout).toContain('Deploy the package as it was installed');
    expect(lines(ran, 'fail')).toEqual([]);
    expect(lines(ran, 'ok').at(-1)).toContain(doctor.metrics.url);
  });
});

describe('the doctor and a proxy', () => {
  it('shows it without credentials, and asks through it', async () => {
    const proxy = await startProxy({ credentials: 'user:s3cr3t-word' });
    const README_PROXY = `http://user:s3cr3t-word@127.0.0.1:${proxy.port}`;
    const ran = await doctor.run({ README_PROXY });
    expect(ran.stdout + ran.stderr).not.toContain('s3cr3t');
    expect(lines(ran, 'fail')).toEqual([]);
    expect(ran.stdout).toContain(`proxy = http://127.0.0.1:${proxy.port} for https://`);
    expect(proxy.requests).toEqual([`POST ${doctor.metrics.url}/v1/request`]);
    await proxy.close();
  });

  it('says which proxy the environment has for it, where Node is told to use that', async () => {
    const proxy = await startProxy();
    const ran = await doctor.run({
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
      // The sample request of the doctor itself.
      NO_PROXY: 'localhost',
    });
    expect(ran.stdout).toContain('for http://, not for localhost (default)');
    expect(proxy.requests).toContain(`POST ${doctor.metrics.url}/v1/request`);
    await proxy.close();
  });

  it.each([
    [{ credentials: 'user:password' }, /wants a user and a password.*407/],
    [{ status: 403 }, /answers 403 instead of opening a connection/],
  ])('says that the proxy refuses: %j', async (options, expected) => {
    const proxy = await startProxy(options);
    const ran = await doctor.run({
      README_PROXY: `http://127.0.0.1:${proxy.port}`,
      README_METRICS_SERVER: 'https://metrics.nowhere.invalid',
    });
    expect(lines(ran, 'fail')).toEqual([expect.stringMatching(expected)]);
    expect(ran.stdout).toContain(`127.0.0.1:${proxy.port}`);
    await proxy.close();
    const gone = await doctor.run({
      README_PROXY: `http://127.0.0.1:${proxy.port}`,
      README_METRICS_SERVER: 'https://metrics.nowhere.invalid',
    });
    expect(lines(gone, 'fail')).toEqual([expect.stringMatching(/cannot be reached.*ECONNREFUSED/)]);
  });
});
