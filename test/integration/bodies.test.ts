import { once } from 'node:events';
import { connect } from 'node:net';
import * as zlib from 'node:zlib';
import express from 'express';
import multer from 'multer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  closeServer,
  entryOf,
  type Handler,
  type Observer,
  serve,
  startObserver,
} from '../support/observe';
import { rounds, until } from '../support/patience';

const MEBIBYTE = 1024 * 1024;
const JSON_TEXT = JSON.stringify({ owl: 'Hedwig', letters: Array.from({ length: 100 }, String) });
const PNG = Buffer.from('89504e470d0a1a0affd8', 'hex');

/** Since Node.js 22.15 and 23.8. */
const { zstdCompressSync } = zlib as { zstdCompressSync?: (text: string) => Buffer };

let observer: Observer;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  observer = await startObserver();
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await observer.stop();
});

async function start(handler: Handler): Promise<number> {
  const { port, close } = await serve(handler);
  closing.push(close);
  return port;
}

async function onlyEntry() {
  const logs = await observer.logs();
  expect(logs).toHaveLength(1);
  return entryOf(logs[0]);
}

describe('a compressed body', () => {
  it.each<[string, (text: string) => Buffer]>([
    ['gzip', (text: string) => zlib.gzipSync(text)],
    ['br', (text: string) => zlib.brotliCompressSync(text)],
    ['deflate', (text: string) => zlib.deflateSync(text)],
    ['deflate', (text: string) => zlib.deflateRawSync(text)],
    ...(zstdCompressSync ? [['zstd', zstdCompressSync] as [string, typeof zstdCompressSync]] : []),
  ])('of %s is logged as text, in both directions', async (coding, encode) => {
    const headers = { 'content-encoding': coding, 'content-type': 'application/json' };
    const packed = encode(JSON_TEXT);
    const port = await start((request, response) => {
      request.resume().on('end', () => response.writeHead(200, headers).end(packed));
    });
    const body = new Uint8Array(packed);
    // Not read: fetch cannot undo all of them.
    await (
      await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body })
    ).body?.cancel();

    const { request, response } = await onlyEntry();
    expect(request.postData).toMatchObject({ text: JSON_TEXT });
    expect(request.bodySize).toBe(packed.length);
    expect(response.content).toMatchObject({ text: JSON_TEXT, size: JSON_TEXT.length });
    expect(response.headers).toContainEqual({ name: 'content-encoding', value: coding });
  });

  it('that the client breaks off is logged as far as it came', async () => {
    let received = 0;
    const port = await start((request) => {
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
    });
    const text = Array.from({ length: 20_000 }, (_, n) => (n * 7919).toString(36)).join();
    const packed = zlib.gzipSync(text);
    const half = packed.subarray(0, packed.length / 2);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`,
    );
    socket.write(half);
    await until(() => received === half.length);
    socket.destroy();
    await rounds();

    const { request, response } = await onlyEntry();
    expect(response.status).toBe(0);
    const sent = request.postData as { text: string; comment: string };
    expect(sent.text.length).toBeGreaterThan(text.length / 4);
    expect(text.startsWith(sent.text)).toBe(true);
    expect(sent.comment).toBe(`truncated: ended early, after ${half.length} bytes`);
  });

  it('that is a bomb is logged up to maxBodyBytes, and costs little memory', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(50 * MEBIBYTE, '0'));
    const port = await start((request, response) => {
      request.resume().on('end', () => response.end());
    });
    const headers = { 'content-encoding': 'gzip', 'content-type': 'text/plain' };
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 20; count++) {
      const body = new Uint8Array(bomb);
      await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body })).text();
    }
    const logs = await observer.logs();
    // Each log is 1 MiB of text, which the local metrics server keeps; the bombs would be 1,000 MiB.
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * MEBIBYTE);
    expect(logs).toHaveLength(20);
    const { postData } = entryOf(logs[0]).request;
    expect(postData).toMatchObject({
      text: '0'.repeat(MEBIBYTE),
      comment: `truncated: unpacks to more than the ${MEBIBYTE} bytes kept`,
    });
  });
});

describe('an upload', () => {
  it('to multer is logged as fields and files, and reaches the application', async () => {
    const app = express();
    app.post('/letters', multer().any(), (request, response) => {
      const files = request.files as Express.Multer.File[];
      response.json({ body: request.body, sizes: files.map(({ size }) => size) });
    });
    const server = app.listen(0);
    closing.push(() => closeServer(server));
    await once(server, 'listening');
    const { port } = server.address() as { port: number };

    const form = new FormData();
    form.append('to', 'Hédwig');
    form.append('note', new Blob(['hello'], { type: 'text/plain' }), 'nöte.txt');
    form.append('photo', new Blob([PNG], { type: 'image/png' }), 'owl.png');
    const answer = await fetch(`http://127.0.0.1:${port}/letters`, { method: 'POST', body: form });
    expect(await answer.json()).toEqual({ body: { to: 'Hédwig' }, sizes: [5, PNG.length] });

    const { postData } = (await onlyEntry()).request;
    expect(postData).toMatchObject({ mimeType: expect.stringContaining('multipart/form-data') });
    expect(postData).toHaveProperty('params', [
      { name: 'to', value: 'Hédwig' },
      {
        name: 'note',
        value: `data:text/plain;name=n%C3%B6te.txt;base64,${Buffer.from('hello').toString('base64')}`,
        fileName: 'nöte.txt',
        contentType: 'text/plain',
      },
      {
        name: 'photo',
        value: 'data:image/png;name=owl.png;base64,',
        fileName: 'owl.png',
        contentType: 'image/png',
        comment: 'left out: 10 bytes, binary, and logBinaryBodies is false',
      },
    ]);
  });
});

describe('an image', () => {
  it('is left out, and its size and type are kept', async () => {
    const port = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' }).end(PNG);
    });
    await (await fetch(`http://127.0.0.1:${port}/`)).arrayBuffer();
    expect((await onlyEntry()).response.content).toEqual({
      size: PNG.length,
      mimeType: 'image/png',
      comment: 'left out: binary, and logBinaryBodies is false',
    });
  });

  it('is sent with logBinaryBodies', async () => {
    await observer.stop();
    observer = await startObserver({ logBinaryBodies: true });
    const port = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' }).end(PNG);
    });
    await (await fetch(`http://127.0.0.1:${port}/`)).arrayBuffer();
    expect((await onlyEntry()).response.content).toMatchObject({
      text: PNG.toString('base64'),
      encoding: 'base64',
    });
  });
});
