import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadmeOptions } from '../../src/index';
import { type BatchResult, Comparison } from './compare';
import { fuzzExchange } from './exchanges';

const CALLER = { apiKey: 'caller-key-0123' };

async function compared(count: number, options?: ReadmeOptions): Promise<BatchResult> {
  const comparison = await Comparison.start(options);
  try {
    return await comparison.compare(fc.sample(fuzzExchange, { seed: 1, numRuns: count }));
  } finally {
    await comparison.stop();
  }
}

function faultsIn({ differences }: BatchResult): string {
  return differences.flatMap(({ faults }) => faults).join('\n');
}

describe('generated exchanges', () => {
  it('are the same to client and application with and without the package, and logged as they were', async () => {
    const { differences, strays, requests } = await compared(300);
    expect(differences).toEqual([]);
    expect(strays).toEqual([]);
    expect(requests).toBeGreaterThan(100);
  }, 60_000);
});

describe('a fault of the package would be found', () => {
  // The grouping function stands for the package: it is called where only one of two servers has it.
  it('in what the client receives', async () => {
    const result = await compared(20, {
      groupingFunction: ({ socket }) => {
        socket.destroy();
        return CALLER;
      },
    });
    expect(faultsIn(result)).toMatch(/^\.text: "HTTP\/1\.1 .* without, "" with the package/m);
  }, 60_000);

  it('in what the application sees', async () => {
    const result = await compared(20, {
      groupingFunction: (request) => {
        request.emit('aborted');
        return CALLER;
      },
    });
    expect(faultsIn(result)).toMatch(/^\.request.*without, .*"aborted".* with the package/m);
  }, 60_000);

  it('in a single log that is missing', async () => {
    let asked = 0;
    const result = await compared(40, {
      groupingFunction: () => (++asked === 30 ? null : CALLER),
    });
    expect(result.differences).toHaveLength(1);
    expect(faultsIn(result)).toBe('0 logs instead of 1');
  }, 60_000);

  it('in a body that is not logged as it was', async () => {
    const result = await compared(40, { groupingFunction: () => CALLER, maxBodyBytes: 20 });
    expect(faultsIn(result)).toMatch(/^request body /m);
    expect(faultsIn(result)).toMatch(/^response body /m);
  }, 60_000);
});
