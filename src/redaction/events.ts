import { GrowingBytes } from '../record/growing-bytes';
import { appendJsonString } from './json-string';
import { redactJsonText } from './json-text';
import type { Policy } from './policy';
import type { RedactedStream, RedactStreamOptions } from './stream';
import { redactUrlsInText } from './url-text';
import { withheldMark } from './withheld';

/** What a comment, or the value of a field, may say so that nothing in it can be a name with a value. */
const HARMLESS = /^:?[\w\s.,-]*$/;
/** JSON that breaks off, so that the next events may hold its rest. */
const UNFINISHED = /^\s*[{["](?!.*[}\]]\s*$)/s;
const FIELD = /^(data|event|id|retry)(?::( ?)(.*))?$/s;

interface Line {
  readonly text: string;
  readonly end: string;
}

/**
 * Applies a denylist or an allowlist to server-sent events (HTML Standard §9.2.6). The `data` lines of an
 * event are one document: JSON is redacted, all else is replaced by a mark, unless no denied name can stand
 * in it. The other fields (`event`, `id`, `retry`) are flat names with a value. What passes keeps its bytes.
 *
 * It writes what it leaves behind what is in `out`.
 *
 * @param input UTF-8
 */
export function redactEvents(
  input: Uint8Array,
  policy: Policy,
  out: GrowingBytes,
  { cut, escaped }: RedactStreamOptions,
): RedactedStream {
  const text = Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString();
  const output = new Events(policy);
  let event: Line[] = [];
  for (const line of linesOf(text)) {
    event.push(line);
    if (line.text !== '') continue;
    output.add(event);
    event = [];
  }
  const dropped = cut && event.length > 0;
  if (!dropped) output.add(event);
  const { isEmpty, withheld } = output;
  if (!isEmpty) {
    const left = Buffer.from(output.text);
    if (escaped) appendJsonString(out, left);
    else out.copy(left);
  }
  return { withheld, dropped, isBlank: isEmpty };
}

function linesOf(text: string): Line[] {
  // Line ends stand at the odd places.
  const pieces = text.split(/(\r\n|\n|\r)/);
  const lines: Line[] = [];
  for (let index = 0; index < pieces.length; index += 2) {
    const line = { text: pieces[index] as string, end: pieces[index + 1] ?? '' };
    if (line.text !== '' || line.end !== '') lines.push(line);
  }
  return lines;
}

class Events {
  readonly #policy: Policy;
  readonly #scratch = new GrowingBytes();
  withheld = 0;
  text = '';
  isEmpty = true;
  /** A document broke off: what follows may be its rest unless it is one itself, or in any case. */
  #unfinished: 'no' | 'in-a-token' | 'between-tokens' = 'no';

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  add(lines: readonly Line[]): void {
    const data = lines.filter(({ text }) => isData(text));
    for (const line of lines) {
      if (line.text === '') this.text += line.end;
      else if (!isData(line.text)) this.#other(line);
      else if (line === data[0]) this.#data(data);
    }
  }

  #data(lines: readonly Line[]): void {
    const document = lines.map(({ text }) => FIELD.exec(text)?.[3] ?? '').join('\n');
    const left = this.#document(document);
    if (left === undefined) return;
    this.isEmpty = false;
    const [first] = lines as [Line];
    const start = `data:${FIELD.exec(first.text)?.[2] ?? ''}`;
    this.text +=
      left === document
        ? lines.map(({ text, end }) => text + end).join('')
        : left
            .split('\n')
            .map((part) => start + part)
            .join(first.end || '\n') + (lines.at(-1)?.end ?? '');
  }

  #document(document: string): string | undefined {
    if (document.trim() === '') return this.#policy.mode === 'deny' ? document : undefined;
    if (this.#mayBeRest(document)) return this.#mark(document);
    const result = redactJsonText(document, this.#policy, true, this.#scratch);
    if (result.kind === 'passed') return result.text;
    if (result.kind === 'nothing') return undefined;
    if (UNFINISHED.test(document)) this.#unfinished = result.open ? 'between-tokens' : 'in-a-token';
    // As `[DONE]`, which many streams end with.
    return this.#policy.mode === 'deny' && !this.#mayNameIn(document)
      ? document
      : this.#mark(document);
  }

  #mayBeRest(document: string): boolean {
    if (this.#unfinished === 'no') return false;
    return this.#unfinished === 'between-tokens' || !/^\s*[{[]/.test(document);
  }

  /** A name may be split between two lines, or percent-encoded in a URL. */
  #mayNameIn(text: string): boolean {
    const policy = this.#policy;
    if (policy.mayNameIn(text)) return true;
    if (text.includes('\n') && policy.mayNameIn(text.replaceAll('\n', ''))) return true;
    return text.includes('%') && redactUrlsInText(text, policy) !== text;
  }

  #other({ text, end }: Line): void {
    const { mode } = this.#policy;
    const [, field, space = '', value = ''] = FIELD.exec(text) ?? [];
    if (field !== undefined) {
      const hidden = this.#policy.hides(field);
      if (hidden && mode === 'allow') return;
      this.isEmpty = false;
      const shown = hidden ? `[REDACTED ${value.length}]` : this.#value(value);
      this.text += (shown === value ? text : `${field}:${space}${shown}`) + end;
    } else if (mode === 'deny') {
      this.isEmpty = false;
      this.text += (text.startsWith(':') && HARMLESS.test(text) ? text : this.#mark(text)) + end;
    }
  }

  /** Of a field that no entry of a denylist names. */
  #value(value: string): string {
    if (this.#policy.mode !== 'deny' || HARMLESS.test(value)) return value;
    return this.#mayNameIn(value) ? this.#mark(value) : value;
  }

  #mark(text: string): string {
    this.withheld += 1;
    return withheldMark(Buffer.byteLength(text));
  }
}

function isData(line: string): boolean {
  return FIELD.exec(line)?.[1] === 'data';
}
