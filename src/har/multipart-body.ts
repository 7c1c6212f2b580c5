import type { SecretMask } from '../redaction/mask';
import type { Policy } from '../redaction/policy';
import type { BodyContent, FilteredBody } from './body-content';
import type { HeldBody } from './held-body';
import { multipartParams } from './multipart';

/**
 * A `multipart/form-data` body as fields and files, as far as a policy lets them through.
 *
 * @param unparsed what a response shows in their place
 * @returns undefined when nothing of it was understood
 */
export function multipartBody(
  { bytes, contentType, encoded, logBinaryBodies }: HeldBody,
  policy: Policy,
  unparsed: BodyContent,
  secrets?: SecretMask,
): FilteredBody | undefined {
  const form = encoded
    ? undefined
    : multipartParams(bytes, contentType, policy, logBinaryBodies, secrets);
  if (form === undefined) return undefined;
  return {
    content: { kind: 'multipart', params: form.params, unparsed },
    ...(!form.complete && { reason: 'left out: what follows the last whole part' }),
  };
}
