import { copyOf } from '../record/copy-of';
import type { NameValue } from '../record/record';
import { redactHeaders } from '../redaction/headers';
import { hidesWhole, isCookie, type SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { requestCookies, responseCookies } from './cookies';
import type { Side } from './har';

/** A header field as a log shows it. */
interface ShownField {
  /** As JSON; the empty string where it is left out. */
  readonly json: string;
  /** Its name in lower case. */
  readonly name: string;
  /** Its value without secrets, where it says how to read the body. */
  readonly hidden: string;
  /** Its value as it is shown, where something else is made of it; undefined where it is left out. */
  readonly shown: string | undefined;
  /** The cookies that it shows, as members of a JSON array. */
  readonly cookies: string;
}

/** The header fields of a message as a log shows them. */
export interface ShownFields {
  /** The members of the array `headers`, as JSON. */
  readonly json: string;
  /** Content-Type, Content-Encoding and Content-Length without secrets, whatever the lists hide: a body is read by them. */
  readonly ofBody: readonly NameValue[];
  /** The members of the array `cookies`, as JSON. */
  readonly cookies: string;
  /** Content-Type and Location as they are shown. */
  readonly shown: readonly NameValue[];
}

const OF_BODY = new Set(['content-type', 'content-encoding', 'content-length']);
const SHOWN = new Set(['content-type', 'location']);

/** Header fields repeat, and to mask and filter one takes longer than all else about it: so many are kept. */
const MOST_KNOWN = 1000;
/** A longer value hardly comes again. */
const LONGEST_KNOWN = 256;
/** In such a value a key may stand that does not look like it, percent-encoded or escaped. */
const ESCAPED = /[%+\\]/;
/** The same in the name of a cookie. */
const ESCAPED_NAME = /(?:^|;)[^=;]*[%+\\]/;

/** Masks, filters and writes header fields, and remembers what became of those that it has seen. */
export class HeaderFields {
  readonly #policy: Policy;
  readonly #side: Side;
  readonly #known = new Map<string, ShownField>();

  constructor(policy: Policy, side: Side) {
    this.#policy = policy;
    this.#side = side;
  }

  /** @param secrets hides the caller's key and credentials; undefined where they are hidden already. */
  show(fields: readonly NameValue[], secrets: SecretMask | undefined): ShownFields {
    const ofBody: NameValue[] = [];
    const shown: NameValue[] = [];
    let json = '';
    let cookies = '';
    for (let index = 0; index < fields.length; index++) {
      const field = this.#fieldOf(fields[index] as NameValue, secrets);
      if (field.json !== '') json += json === '' ? field.json : `,${field.json}`;
      if (field.cookies !== '') cookies += cookies === '' ? field.cookies : `,${field.cookies}`;
      if (OF_BODY.has(field.name)) ofBody.push({ name: field.name, value: field.hidden });
      if (field.shown !== undefined && SHOWN.has(field.name)) {
        shown.push({ name: field.name, value: field.shown });
      }
    }
    return { json, cookies, ofBody, shown };
  }

  #fieldOf(field: NameValue, secrets: SecretMask | undefined): ShownField {
    const { name, value } = field;
    if (value.length > LONGEST_KNOWN || dependsOnCaller(name, value, secrets)) {
      return shownField(field, this.#policy, this.#side, secrets);
    }
    // Fields that were masked before, on a span, are no other fields than those that were not.
    const key = `${secrets === undefined ? '' : ' '}${name}:${value}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      known = shownField(field, this.#policy, this.#side, secrets);
      this.#known.set(key, known);
    }
    return known;
  }
}

function cookiesOf(name: string, field: NameValue, side: Side): string {
  if (name !== (side === 'request' ? 'cookie' : 'set-cookie')) return '';
  const cookies = side === 'request' ? requestCookies([field]) : responseCookies([field]);
  return JSON.stringify(cookies).slice(1, -1);
}

/**
 * What depends on the caller is not kept for others. Of credentials, all is hidden in any case, and of cookies all
 * but their names.
 */
function dependsOnCaller(name: string, value: string, secrets: SecretMask | undefined): boolean {
  if (secrets === undefined) return false;
  if (secrets.isInName(name)) return true;
  if (!ESCAPED.test(value) && !secrets.isIn(value)) return false;
  if (isCookie(name)) return ESCAPED_NAME.test(value) || secrets.isIn(value);
  return !hidesWhole(name);
}

function shownField(
  field: NameValue,
  policy: Policy,
  side: Side,
  secrets: SecretMask | undefined,
): ShownField {
  const [hidden = field] = secrets === undefined ? [field] : secrets.hideInHeaders([field]);
  const [passed] = redactHeaders([hidden], policy, [field]);
  const name = field.name.toLowerCase();
  return {
    json:
      passed === undefined
        ? ''
        : `{"name":${JSON.stringify(passed.name)},"value":${JSON.stringify(passed.value)}}`,
    name: copyOf(name),
    hidden: OF_BODY.has(name) ? copyOf(hidden.value) : '',
    shown: passed !== undefined && SHOWN.has(name) ? copyOf(passed.value) : undefined,
    cookies: passed === undefined ? '' : cookiesOf(name, passed, side),
  };
}
