import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * The floors of `src/`, lowest first: a room may import from its own and from lower floors. Rooms on one floor
 * do not know each other, so there is no circle of rooms.
 */
const FLOORS = [
  ['record', 'opentelemetry', 'bundles'],
  ['redaction'],
  ['options'],
  ['capture', 'har'],
  ['delivery'],
  ['spans'],
  ['local', 'doctor', 'zero-code'],
];
const floorOf = new Map(FLOORS.flatMap((rooms, floor) => rooms.map((room) => [room, floor])));

const files = execFileSync('git', ['ls-files', 'src/*.ts'], { encoding: 'utf8' })
  .trim()
  .split('\n');
const LONGEST = 260;

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const named = text.matchAll(/(?:from|import\(|require\() ?'(\.[^']+)'/g);
  return [...named].map(([, path = '']) => normalize(join(dirname(file), path)));
}

const roomOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

describe('the house', () => {
  it('has a floor for each room', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== undefined));
    expect([...rooms].filter((room) => !floorOf.has(room))).toEqual([]);
  });

  it('has no arrow back up, and none to a neighbour', () => {
    const wrong: string[] = [];
    for (const file of files) {
      const room = roomOf(file);
      if (room === undefined) continue; // an entry, which may import from anywhere
      for (const path of importsOf(file)) {
        const other = roomOf(path);
        if (other === room || path === 'src/version') continue;
        const isDown =
          other !== undefined && (floorOf.get(other) ?? 99) < (floorOf.get(room) ?? -1);
        if (!isDown) wrong.push(`${file} -> ${path}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has no circle of files', () => {
    const open = new Set<string>();
    const done = new Set<string>();
    const circles: string[] = [];
    const known = new Set(files.map((file) => file.replace(/\.ts$/, '')));
    const visit = (file: string, way: readonly string[]): void => {
      if (done.has(file)) return;
      if (open.has(file)) {
        circles.push([...way.slice(way.indexOf(file)), file].join(' -> '));
        return;
      }
      open.add(file);
      for (const path of importsOf(`${file}.ts`)) {
        if (known.has(path)) visit(path, [...way, file]);
      }
      open.delete(file);
      done.add(file);
    };
    for (const file of known) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('has one idea a file', () => {
    const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > LONGEST);
    expect(long).toEqual([]);
  });

  it('loads what instrumentation patches past the hooks on require', () => {
    // Their own entries: who imports these has set up instrumentation of http.
    const own = ['src/capture/set-readme-group.ts', 'src/spans/http-hooks.ts'];
    const patched = /^(?:import|\}) (?!type\b)[^;]*from 'node:(?:dns|http|http2|https|net|tls)';/m;
    const wrong = files.filter((file) => {
      const text = readFileSync(file, 'utf8').replaceAll(/^import type [^;]*;/gm, '');
      const rest = roomOf(file) !== 'local' && roomOf(file) !== 'doctor' && !own.includes(file);
      return rest && patched.test(text);
    });
    expect(wrong).toEqual([]);
  });
});
