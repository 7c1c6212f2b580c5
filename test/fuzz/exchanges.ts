import fc from 'fast-check';
import type { Step } from '../support/raw-client';
import { type Behaviour, behaviour } from './behaviours';
import { type SentRequest, sentRequest, wireBytes } from './requests';

/** Kinds of servers that exchanges are sent to. */
export const SERVERS = ['plain', 'checkContinue', 'strict', 'subclass'] as const;

/** One connection: what the client sends on it, and what the application does about it. */
export interface FuzzExchange {
  readonly server: (typeof SERVERS)[number];
  /** More than one: pipelined. */
  readonly requests: readonly { readonly sent: SentRequest; readonly behaviour: Behaviour }[];
  /** Where packets end, as parts of the whole. */
  readonly splits: readonly number[];
  readonly everyByte: boolean;
  /** Milliseconds between packets. */
  readonly pause: number;
  /** The part of all bytes after which the client disappears. */
  readonly cut: number | undefined;
}

/** Longer messages are not sent byte by byte. */
const MOST_PACKETS = 400;
/** The client disappears so long after its last byte: when it means to, where the server hangs, and in any case. */
const ABORT_MILLIS = 15;
const HANG_MILLIS = 60;
export const RESCUE_MILLIS = 600;

export const fuzzExchange: fc.Arbitrary<FuzzExchange> = fc.record({
  server: fc.constantFrom(...SERVERS),
  requests: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.array(fc.record({ sent: sentRequest, behaviour }), {
        minLength: 1,
        maxLength: 1,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.array(fc.record({ sent: sentRequest, behaviour }), {
        minLength: 2,
        maxLength: 3,
      }),
    },
  ),
  splits: fc.oneof(fc.constant([]), fc.array(part(), { maxLength: 5 })),
  everyByte: fc.constantFrom(false, false, false, false, false, true),
  pause: fc.constantFrom(0, 0, 0, 1),
  cut: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: part() }),
});

function part(): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
}

/** What the client does, step by step. */
export function clientSteps(
  { requests, splits, everyByte, pause, cut }: FuzzExchange,
  pathOf: (index: number) => string,
): { steps: Step[]; destroyAfter: number } {
  const whole = Buffer.concat(
    requests.map(({ sent }, index) =>
      wireBytes(sent, pathOf(index), index === requests.length - 1),
    ),
  );
  const bytes = cut === undefined ? whole : whole.subarray(0, Math.floor(whole.length * cut));
  const ends =
    everyByte && bytes.length <= MOST_PACKETS
      ? [...bytes.keys()]
      : splits.map((at) => Math.floor(bytes.length * at));
  const borders = [...new Set([0, ...ends.sort((a, b) => a - b), bytes.length])];
  const steps = borders.slice(1).flatMap((end, index): Step[] => {
    const packet = bytes.subarray(borders[index], end);
    return index === 0 || pause === 0 || everyByte ? [packet] : [pause, packet];
  });
  const hangs = requests.some(
    ({ behaviour: { ending } }) => 'with' in ending && ending.with === 'hang',
  );
  return {
    steps,
    destroyAfter: cut !== undefined ? ABORT_MILLIS : hangs ? HANG_MILLIS : RESCUE_MILLIS,
  };
}
