import { randomBytes } from 'node:crypto';

/** The process that has a file for itself, and since when. */
export interface Holder {
  /** Milliseconds since 1970, by the clock of the holder. */
  readonly since: number;
  /** Tells whether a process id means the same here: hex, 8 digits. */
  readonly place: string;
  readonly pid: number;
  /** When the process began, in the system's own units, '0' if unknown: process ids are used again. */
  readonly began: string;
  /** Tells spools of one process apart: hex, 8 digits. */
  readonly spool: string;
}

/**
 * What the name of a spooled file says. `waiting` files may be sent by anyone with the same key and server,
 * `held` ones are being written or sent, the others are kept for a person to look at.
 */
export interface SpoolName {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Digest of API key and server: hex, 16 digits. */
  readonly digest: string;
  /** Counter and random digits: hex, 16 digits. */
  readonly id: string;
  readonly state: 'waiting' | 'corrupt' | 'rejected' | Holder;
}

// The version of the format stands in the name, so that another one's files are foreign files.
const PREFIX = 'readme-metrics-v1-';
const PATTERN =
  /^readme-metrics-v1-(\d{13})-([0-9a-f]{16})-([0-9a-f]{16})\.(?:(waiting|corrupt|rejected)|(\d{13})-([0-9a-f]{8})-(\d{1,10})-(\d{1,20})-([0-9a-f]{8})\.held)$/;

let counter = 0;

/** A name that nobody else makes; names of one process sort in the order in which they were made. */
export function newName(digest: string): SpoolName {
  counter = (counter + 1) % 0x1000000;
  const id = counter.toString(16).padStart(6, '0') + randomBytes(5).toString('hex');
  return { time: Date.now(), digest, id, state: 'waiting' };
}

/** The file's name; names sort by time. */
export function fileName({ time, digest, id, state }: SpoolName): string {
  const base = `${PREFIX}${digits(time)}-${digest}-${id}`;
  if (typeof state === 'string') return `${base}.${state}`;
  const { since, place, pid, began, spool } = state;
  return `${base}.${digits(since)}-${place}-${pid}-${began}-${spool}.held`;
}

/** `undefined` for the name of a file that is none of ours. */
export function parseName(name: string): SpoolName | undefined {
  const [, time, digest, id, word, since, place, pid, began, spool] = PATTERN.exec(name) ?? [];
  if (time === undefined || digest === undefined || id === undefined) return undefined;
  const named = { time: Number(time), digest, id };
  if (word !== undefined) return { ...named, state: word as 'waiting' | 'corrupt' | 'rejected' };
  const holder = { since: Number(since), pid: Number(pid) } as const;
  return {
    ...named,
    state: { ...holder, place: place ?? '', began: began ?? '', spool: spool ?? '' },
  };
}

/** True for two names of one file, which changes its name when it changes hands. */
export function isSameFile(one: SpoolName, other: SpoolName): boolean {
  return one.time === other.time && one.digest === other.digest && one.id === other.id;
}

function digits(time: number): string {
  return String(time).padStart(13, '0');
}
