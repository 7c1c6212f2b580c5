import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import * as core from '@opentelemetry/core';
import { expect, it } from 'vitest';
import { bundle } from '../../scripts/bundle-opentelemetry.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const DIST = join(ROOT, 'dist/opentelemetry');
const shipped = readFileSync(join(DIST, 'sdk.js'), 'utf8');

const PACKAGES = [
  '@opentelemetry/core',
  '@opentelemetry/sdk-trace',
  '@opentelemetry/semantic-conventions',
];

it('holds what BatchSpanProcessor and four functions need, and nothing else', async () => {
  const { code, files } = await bundle();
  const modules = join(ROOT, 'node_modules/@opentelemetry');
  expect(code).toBe(shipped);
  expect(files.map((file) => relative(modules, file).replaceAll('\\', '/')).sort()).toEqual([
    '../../src/opentelemetry/sdk.ts',
    'core/build/esm/ExportResult.js',
    'core/build/esm/common/global-error-handler.js',
    'core/build/esm/common/logging-error-handler.js',
    'core/build/esm/common/time.js',
    'core/build/esm/trace/W3CTraceContextPropagator.js',
    'core/build/esm/trace/rpc-metadata.js',
    'core/build/esm/trace/suppress-tracing.js',
    'core/build/esm/utils/callback.js',
    'core/build/esm/utils/promise.js',
    'sdk-trace/build/esm/export/BatchSpanProcessorBase.js',
    'sdk-trace/build/esm/export/SpanProcessorMetrics.js',
    'sdk-trace/build/esm/platform/node/export/BatchSpanProcessor.js',
    'sdk-trace/build/esm/semconv.js',
    'semantic-conventions/dist/stable_attributes.mjs',
  ]);
});

it('loads the API alone, no module of Node, and reads no variables', () => {
  const required = [...shipped.matchAll(/\brequire\(([^)]*)\)/g)].map(([, name]) => name);
  expect(required).toEqual(['"@opentelemetry/api"']);
  expect(shipped).not.toMatch(/\bimport\b|\bprocess\.|\bOTEL_BSP/);
});

it('has the licence of what it holds, and says what that is', async () => {
  const { packages } = await bundle();
  expect(packages.map(({ name }) => name)).toEqual(PACKAGES);
  const licences = readFileSync(join(DIST, 'LICENSES.txt'), 'utf8');
  expect(licences).toContain('Apache License\n                           Version 2.0');
  for (const { name, version } of packages) {
    expect(shipped.slice(0, 500)).toContain(`${name} ${version}\n`);
    expect(licences).toContain(`${name} ${version}\n`);
  }
  expect(shipped.slice(0, 500)).toContain('SPDX-License-Identifier: Apache-2.0');
  expect(shipped.slice(0, 500)).toContain('Copyright The OpenTelemetry Authors');
});

// With the copies of either SDK in a user's project: test/package/shared-context.cjs.
it("shares its context keys with the application's copy of the SDK", () => {
  const sdk = createRequire(import.meta.url)('../../dist/opentelemetry/sdk.js') as typeof core;
  expect(sdk.suppressTracing).not.toBe(core.suppressTracing);
  expect(core.isTracingSuppressed(sdk.suppressTracing(ROOT_CONTEXT))).toBe(true);
  const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2', traceFlags: 1 });
  const metadata = { type: core.RPCType.HTTP, span };
  expect(sdk.getRPCMetadata(core.setRPCMetadata(ROOT_CONTEXT, metadata))).toBe(metadata);
});
