/** At most so much of an answer is read; what is longer is no answer of ReadMe's. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * The text of an answer.
 *
 * @throws {RangeError} when it is longer than {@link MAX_ANSWER_BYTES}; the rest is not read.
 */
export async function readAnswer(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
