import fc from 'fast-check';
import { type Behaviour, behaviour } from './behaviours';
import type { ClientPlan } from './client';
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
  /** Milliseconds until it does. */
  readonly staysFor: number;
}

/** Longer messages are not sent byte by byte. */
const MOST_PACKETS = 400;
/** Milliseconds for which a client stays that hears nothing of a server: where that hangs, and in any case. */
const HANG_MILLIS = 60;
const STUCK_MILLIS = 300;

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
  staysFor: fc.constantFrom(0, 3, 15, 15),
});

function part(): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
}

/** What the client does. */
export function clientPlan(
  { requests, splits, everyByte, pause, cut, staysFor }: FuzzExchange,
  paths: readonly string[],
): ClientPlan {
  const whole = Buffer.concat(
    requests.map(({ sent }, index) =>
      wireBytes(sent, paths[index] as string, index === requests.length - 1),
    ),
  );
  const bytes = cut === undefined ? whole : whole.subarray(0, Math.floor(whole.length * cut));
  const byByte = everyByte && bytes.length <= MOST_PACKETS;
  const ends = byByte ? [...bytes.keys()] : splits.map((at) => Math.floor(bytes.length * at));
  const borders = [...new Set([0, ...ends.sort((a, b) => a - b), bytes.length])];
  const packets = borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
  const patience = cut !== undefined ? staysFor : hangs(requests) ? HANG_MILLIS : STUCK_MILLIS;
  return { packets, pause: byByte ? 0 : pause, patience };
}

export function hangs(requests: FuzzExchange['requests']): boolean {
  return requests.some(({ behaviour: { ending } }) => 'with' in ending && ending.with === 'hang');
}
