import { describe, expect, it } from 'vitest';
import { startLocalMetricsServer } from '../../src/local/metrics-server';
import { mostParsedBytes, parsedBytes } from '../../src/local/parsed-size';
import { collectGarbage } from '../support/collect-garbage';
import { logOf, postLogs } from '../support/viewer-logs';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index.toString(36));
const array = (items: Iterable<string>) => `[${[...items].join()}]`;

/** Texts that become many times as large, each in its own way. */
const TEXTS = {
  'empty objects': () => array(Array(100_000).fill('{}')),
  'empty arrays': () => array(Array(100_000).fill('[]')),
  'objects in arrays': () => array(Array(100_000).fill('[{}]')),
  'arrays of one': () => array(Array(100_000).fill('[0]')),
  'empty names': () => array(Array(100_000).fill('{"":0}')),
  'indices as names': () => array(Array(50_000).fill('{"9":0}')),
  'sparse indices': () => array(Array(50_000).fill('{"500":0}')),
  'other names in each object': () => array(numbers(50_000).map((name) => `{"${name}":0}`)),
  'the last name is another': () =>
    array(numbers(20_000).map((name) => `{"a":1,"b":2,"c":3,"${name}":0}`)),
  'the first name is another': () =>
    array(numbers(20_000).map((name) => `{"${name}":1,"b":2,"c":3}`)),
  'many names': () => `{${numbers(100_000).map((name) => `"${name}":0`)}}`,
  fractions: () => `["",${Array(100_000).fill('0.5')}]`,
  'short strings': () => array(numbers(100_000).map((text) => `"${text}"`)),
  'wide strings': () => array(numbers(100_000).map((text) => `"€${text}"`)),
  'one string': () => array([`"${'x'.repeat(2_000_000)}"`]),
};

describe('the memory of what was parsed', () => {
  it.each(Object.entries(TEXTS))('is known of %s', async (_what, write) => {
    const text = Buffer.from(write()).toString();
    await collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const value: unknown = JSON.parse(text);
    await collectGarbage();
    const taken = process.memoryUsage().heapUsed - before;
    expect(parsedBytes(value)).toBeGreaterThan(0.85 * taken);
    expect(parsedBytes(value)).toBeLessThan(3 * taken);
    // Before it is parsed there is only what it can be at most.
    expect(mostParsedBytes(Buffer.from(text))).toBeGreaterThan(0.95 * taken);
  });

  it('is known of strings with escapes by the signs that are outside them', () => {
    expect(mostParsedBytes(Buffer.from('"{[{\\"[,:\\\\"'))).toBe(2 * 12 + 16);
    expect(mostParsedBytes(Buffer.from('"{[{'))).toBe(2 * 4 + 16);
  });
});

describe('the viewer', () => {
  it('keeps as many logs as fit into its memory, not as their text would', async () => {
    const metrics = await startLocalMetricsServer({ viewer: true });
    const params = JSON.parse(array(Array(500_000).fill('{}')));
    for (let sent = 0; sent < 12; sent++) {
      const postData = { mimeType: 'text/plain', params };
      const { status } = await postLogs(metrics.url, [logOf(), logOf({ request: { postData } })]);
      expect(status).toBe(202);
    }
    // 500,000 empty objects are 32 MB, so of 256 MiB not nine.
    const large = metrics.logs.filter((log) => log.request.log.entries[0].request.postData);
    expect(large).toHaveLength(8);
    expect(metrics.droppedLogs).toBeGreaterThan(0);
    await metrics.close();
  });

  it('refuses a body that would be too large once parsed, and one that is nested deeply', async () => {
    const metrics = await startLocalMetricsServer({ viewer: true });
    for (const unit of ['{},', '[],', '[', '{"a":']) {
      const response = await fetch(`${metrics.url}/v1/request`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from('any-key:').toString('base64')}` },
        body: `[${unit.repeat(9_000_000 / unit.length)}`,
      });
      expect(response.status).toBe(413);
      expect(await response.json()).toEqual({
        error: 'The body holds more values than fit into 134217728 bytes.',
      });
    }
    expect(metrics.logs).toHaveLength(0);
    await metrics.close();
  });

  it('keeps the newest requests, not all that their header fields would take', async () => {
    const metrics = await startLocalMetricsServer({ viewer: true });
    const headers = { 'x-large': 'x'.repeat(14_000) };
    for (let sent = 0; sent < 1300; sent += 50) {
      await Promise.all(
        Array.from({ length: 50 }, () =>
          fetch(`${metrics.url}/v1/request`, { method: 'POST', headers, body: '' }),
        ),
      );
    }
    expect(metrics.requests.length).toBeGreaterThan(1000);
    expect(metrics.requests.length).toBeLessThan(1250);
    metrics.clear();
    expect(metrics.requests).toHaveLength(0);
    await metrics.close();
  });
});
