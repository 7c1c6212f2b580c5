import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setReadmeGroup } from '../../src/index';
import { entryOf, type Observer, serve, startObserver } from '../support/observe';

const KEY = 'owl_live_7f3d9a5c';

let observer: Observer;
beforeEach(async () => {
  observer = await startObserver();
});
afterEach(() => observer.stop());

async function responseTo(path: string, headers: Record<string, string>, body: string) {
  const api = await serve((_req, res) => {
    setReadmeGroup({ apiKey: KEY });
    res.writeHead(200, headers).end(body);
  });
  await fetch(`http://127.0.0.1:${api.port}${path}`, { headers: { connection: 'close' } }).catch(
    () => {},
  );
  const [log] = await observer.logs();
  await api.close();
  return entryOf(log);
}

it('the size of a body is what was sent, though a mask in its text is longer than the key', async () => {
  const body = `{"key":"${KEY}"}`;
  const { response } = await responseTo('/', { 'Content-Type': 'application/json' }, body);
  expect(response.content.text).toContain('sha512-');
  expect([response.bodySize, response.content.size]).toEqual([body.length, body.length]);
});

describe('a Content-Encoding that is no coding', () => {
  it.each(['none', 'utf-8', '8bit', 'aws-chunked'])(
    'leaves the text as it is: %s',
    async (coding) => {
      const headers = { 'Content-Type': 'application/json', 'Content-Encoding': coding };
      const { response } = await responseTo('/', headers, '{"name":"Owlbért"}');
      expect(response.content).toEqual({
        mimeType: 'application/json',
        text: '{"name":"Owlbért"}',
        size: 19,
      });
    },
  );
});

it('a URL that is no URI by RFC 3986 is one in the log', async () => {
  const { request, pageref } = await responseTo('/x[]?a[]=1&b={c}', {}, 'ok');
  expect(request.url).toMatch(/\/x(?:\[\]|%5B%5D)\?a/);
  expect(request.url).toMatch(/^[^[\]{}]+$/);
  expect(request.queryString).toContainEqual({ name: 'a[]', value: '1' });
  expect(pageref).toMatch(/\/x%5B%5D$/);
});
