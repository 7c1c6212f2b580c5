import type { RecordContents } from '../record/read-record';
import type { NameValue } from '../record/record';
import { redactJsonText } from '../redaction/json-text';
import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import { decodeBody } from './decoded-body';

const ENDPOINT = /\/(?:graphql|gql)$/i;
/** GraphQL specification §2.1.9; the length is ours. */
const NAME = /^[_A-Za-z][_0-9A-Za-z]{0,99}$/;
const OPERATION = /(?:^|\s)(?:query|mutation|subscription)\s+([_A-Za-z][_0-9A-Za-z]*)/g;
/** Longer ones are not parsed for the sake of a name. */
const LONGEST = 64 * 1024;

/** Whether a page is one to which all operations of an API go. */
export function isGraphqlEndpoint(page: string): boolean {
  return ENDPOINT.test(page);
}

/**
 * The name of the GraphQL operation that a request asks for: its `operationName`, or the one operation of its
 * document that has a name. It is read from what the lists leave of the body.
 *
 * @returns `undefined` where the body names none, or more than one.
 */
export function graphqlOperation(
  { method, requestBody: body, bodiesLeftOut }: RecordContents,
  headers: readonly NameValue[],
  policy: Policy,
  maxBodyBytes: number,
  secrets: SecretMask | undefined,
): string | undefined {
  if (method !== 'POST' || bodiesLeftOut || body.size === 0 || body.size > LONGEST)
    return undefined;
  const decoded = decodeBody(body, headers, Math.min(maxBodyBytes, LONGEST));
  if (decoded.encoded || decoded.truncated) return undefined;
  const sent = decoded.bytes.toString('utf8');
  const text = shownText(secrets === undefined ? sent : secrets.hide(sent), policy);
  return text === undefined ? undefined : operationIn(text);
}

/** The same of a body from which everything is gone that must not be shown. */
export function operationIn(text: string): string | undefined {
  return text.length > LONGEST ? undefined : operationOf(parsed(text));
}

function shownText(text: string, policy: Policy): string | undefined {
  if (policy.mode === 'none') return text;
  const left = redactJsonText(text, policy);
  return left.kind === 'passed' ? left.text : undefined;
}

function operationOf(value: unknown): string | undefined {
  // A batch of one.
  const request = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (request === null || typeof request !== 'object') return undefined;
  const { operationName, query } = request as { operationName?: unknown; query?: unknown };
  if (typeof operationName === 'string' && NAME.test(operationName)) return operationName;
  if (typeof query !== 'string') return undefined;
  const names = [...outermost(query).matchAll(OPERATION)];
  const [name] = names.length === 1 ? (names[0] as RegExpExecArray).slice(1) : [];
  return name !== undefined && NAME.test(name) ? name : undefined;
}

/** What of a document stands outside of all braces, parentheses, strings and comments; in one pass. */
function outermost(document: string): string {
  let text = '';
  let depth = 0;
  for (let index = 0; index < document.length; index++) {
    const character = document[index] as string;
    if (character === '#' || character === '"') index = endOf(document, index, character);
    else if (character === '{' || character === '(') depth += 1;
    else if (character === '}' || character === ')') depth -= 1;
    else if (depth === 0) {
      text += character;
      continue;
    }
    if (depth === 0) text += ' ';
  }
  return text;
}

/** Where a comment, a string or a block string ends that begins at `start`. */
function endOf(document: string, start: number, opening: string): number {
  if (opening === '#') return found(document.indexOf('\n', start), document);
  if (document.startsWith('"""', start)) {
    const end = document.indexOf('"""', start + 3);
    return end < 0 ? document.length : end + 2;
  }
  let index = start + 1;
  while (index < document.length && document[index] !== '"') {
    index += document[index] === '\\' ? 2 : 1;
  }
  return index;
}

function found(index: number, { length }: string): number {
  return index < 0 ? length : index;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
