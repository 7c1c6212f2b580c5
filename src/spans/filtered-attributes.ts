import type { Attributes, Span } from '@opentelemetry/api';
import type { BodySettings } from '../har/body-settings';
import { type BodyMembers, membersOf } from '../har/filtered-side';
import type { Side } from '../har/har';
import { HeaderFields } from '../har/header-fields';
import { asUri } from '../har/uri';
import { clientAddress, mimeType } from '../har/write-log';
import { listsAsText } from '../options/lists-as-text';
import type { ResolvedOptions } from '../options/readme-options';
import { type RecordBody, type RecordContents, readRecord } from '../record/read-record';
import type { NameValue } from '../record/record';
import { SecretMask } from '../redaction/mask';
import { compilePolicy, type Policy } from '../redaction/policy';
import { type CallerMasks, hideSecrets } from '../redaction/secrets';
import { queryString, redactUrl } from '../redaction/url';
import { encodeContents } from './attributes';
import { boundedFields, boundedUrl, boundsOf } from './filter-bounds';
import { FILTERED, listsDigest } from './filtered-names';
import { flatten } from './header-pairs';
import { filterInstrumentation, hideInInstrumentation } from './instrumentation-attributes';

const NO_KEY = new SecretMask(undefined);

/** Makes attributes of a record with the lists applied: what a log would show, and nothing else. */
export class FilteredAttributes {
  readonly #policy: Policy;
  readonly #masks: CallerMasks;
  readonly #digest: string;
  readonly #bodies: BodySettings;
  readonly #requestFields: HeaderFields;
  readonly #responseFields: HeaderFields;

  constructor(options: ResolvedOptions, masks: CallerMasks) {
    const { denylist, allowlist, logBinaryBodies, maxBodyBytes } = options;
    this.#policy = compilePolicy({
      ...(denylist && { denylist }),
      ...(allowlist && { allowlist }),
    });
    this.#masks = masks;
    this.#digest = listsDigest(listsAsText(options));
    this.#bodies = { logBinaryBodies, maxBodyBytes };
    this.#requestFields = new HeaderFields(this.#policy, 'request');
    this.#responseFields = new HeaderFields(this.#policy, 'response');
  }

  /** The span has started: applies the lists to the attributes that HttpInstrumentation has made of the request. */
  begin(span: Span): void {
    filterInstrumentation(span, this.#policy);
  }

  /** The span is about to end: the same for those of the response, and hides the caller's key in all of them. */
  end(span: Span, key: string | undefined): void {
    const secrets = key === undefined ? NO_KEY : this.#masks.of(key).secrets;
    hideInInstrumentation(span, this.#policy, secrets);
  }

  encode(record: Uint8Array): Attributes {
    const shown = readRecord(record);
    const known = this.#masks.of(shown.callerKey);
    hideSecrets(shown, known);
    const policy = this.#policy;
    policy.beginLog();
    const url = boundedUrl(asUri(shown.url));
    const requestFields = this.#requestFields.show(
      boundedFields(shown.requestHeaders),
      known.secrets,
    );
    const responseFields = this.#responseFields.show(
      boundedFields(shown.responseHeaders),
      known.secrets,
    );
    shown.url = redactUrl(url, policy);
    shown.clientAddress = clientAddress(shown, policy);
    const request = this.#membersOf('request', shown, requestFields.ofBody, known.secrets);
    const response = this.#membersOf('response', shown, responseFields.ofBody, known.secrets);
    return {
      ...encodeContents(shown, pairsOf(requestFields.json), pairsOf(responseFields.json)),
      [FILTERED.filtered]: true,
      [FILTERED.lists]: this.#digest,
      [FILTERED.query]: url.includes('?') ? flatten(queryString(url, policy)) : [],
      ...encodeMembers('request', shown.requestBody, mimeType(requestFields, policy), request),
      ...encodeMembers('response', shown.responseBody, mimeType(responseFields, policy), response),
    };
  }

  #membersOf(
    side: Side,
    { requestBody, responseBody }: RecordContents,
    headers: readonly NameValue[],
    secrets: SecretMask,
  ): BodyMembers {
    const body = side === 'request' ? requestBody : responseBody;
    const { longest, reason } = boundsOf(headers);
    if (body.bytes.length > longest) {
      const comment = `left out: ${reason}`;
      return side === 'request' ? { text: '', comment } : { size: body.size, comment };
    }
    const maxBodyBytes = Math.min(this.#bodies.maxBodyBytes, longest);
    const bodies = { ...this.#bodies, maxBodyBytes };
    return membersOf(side, body, headers, this.#policy, bodies, secrets);
  }
}

function pairsOf(json: string): NameValue[] {
  return JSON.parse(`[${json}]`) as NameValue[];
}

function encodeMembers(
  side: Side,
  { size, loss }: RecordBody,
  type: string,
  { text, params, encoding, size: contentSize, comment }: BodyMembers,
): Attributes {
  const name = FILTERED[side];
  return {
    [name.size]: size,
    [name.mimeType]: type,
    ...(loss !== undefined && { [name.truncated]: true }),
    // The number of characters says whether the provider's span limits have cut it.
    ...(text !== undefined && { [name.content]: text, [name.length]: text.length }),
    ...(params !== undefined && { [name.params]: JSON.stringify(params) }),
    ...(encoding !== undefined && { [name.encoding]: encoding }),
    ...(contentSize !== undefined && { [name.contentSize]: contentSize }),
    ...(comment !== undefined && { [name.comment]: comment }),
  };
}
