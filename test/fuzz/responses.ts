/** A final response as a client reads it. */
export interface ParsedResponse {
  readonly status: number;
  /** As latin1 text, without chunked framing. */
  readonly body: string;
}

const START = 'HTTP/1.1 ';

/**
 * Reads the responses to pipelined requests (RFC 9112 §6.3).
 *
 * @param ended the server ended the connection, and with it a response that says nothing of its length.
 * @returns those that are complete; none after one that is not, or that is framed against the rules.
 */
export function parseResponses(
  text: string,
  methods: readonly string[],
  ended: boolean,
): ParsedResponse[] {
  const responses: ParsedResponse[] = [];
  let at = 0;
  for (const method of methods) {
    let head: string;
    let status: number;
    do {
      const end = text.indexOf('\r\n\r\n', at);
      // What follows a response is no response: that one was not as long as it said.
      if (!START.startsWith(text.slice(at, at + START.length))) return responses.slice(0, -1);
      if (end < 0) return responses;
      head = text.slice(at, end + 4);
      status = Number(head.slice(9, 12));
      at = end + 4;
    } while (status < 200);
    const none = method === 'HEAD' || status === 204 || status === 304;
    const read = bodyAt(text, at, head, none, ended);
    // A response in the middle of another is what an application has asked for: an interim one late, or
    // a longer one than it wrote.
    if (read === undefined || read.body.includes(START)) return responses;
    at = read.end;
    responses.push({ status, body: read.body });
  }
  // More than its Content-Length says: nobody can tell what is body.
  return at === text.length ? responses : [];
}

function bodyAt(
  text: string,
  at: number,
  head: string,
  none: boolean,
  ended: boolean,
): { body: string; end: number } | undefined {
  if (none) return { body: '', end: at };
  if (/^transfer-encoding: chunked$/im.test(head)) return chunkedAt(text, at);
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (length === undefined) return ended ? { body: text.slice(at), end: text.length } : undefined;
  const end = at + Number(length);
  return end > text.length ? undefined : { body: text.slice(at, end), end };
}

function chunkedAt(text: string, start: number): { body: string; end: number } | undefined {
  let body = '';
  for (let at = start; ; ) {
    const line = text.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(text.slice(at, line), 16);
    if (Number.isNaN(size)) return undefined;
    if (size === 0) {
      // A trailer section ends at an empty line; without fields that is the next one.
      const end = text.startsWith('\r\n', line + 2) ? line + 4 : text.indexOf('\r\n\r\n', line) + 4;
      return end < 4 ? undefined : { body, end };
    }
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
    if (at > text.length) return undefined;
  }
}
