import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadStyle } from './behaviours';

/** Takes what an application reads of a body, as it reads it. */
export type Take = (chunk: Buffer | string) => void;

/** Reads a body in one style; resolves when the application has read as much as it wants. */
export async function readBody(req: IncomingMessage, style: ReadStyle, take: Take): Promise<void> {
  switch (style) {
    case 'data':
      return whenOver(req.on('data', take));
    case 'two listeners':
      return whenOver(req.on('data', take).on('data', (chunk) => take(chunk)));
    case 'overwrite':
      return whenOver(
        req.on('data', (chunk: Buffer) => {
          take(Buffer.from(chunk));
          chunk.fill(0x21);
        }),
      );
    case 'for await':
      for await (const chunk of req) take(chunk);
      return;
    case 'break':
      for await (const chunk of req) {
        take(chunk);
        break;
      }
      return;
    case 'pipe':
      return whenOver(req.pipe(new PassThrough()).on('data', take), req);
    case 'read':
    case 'unshift':
      return readWhatIsReadable(req, style === 'unshift', take);
    case 'read some':
      req.on('readable', () => {
        const chunk = req.read(1) ?? req.read();
        if (chunk !== null) take(chunk);
      });
      return sleep(2);
    case 'readable':
      req.once('readable', () => req.resume());
      return whenOver(req);
    case 'resume':
      return whenOver(req.resume());
    case 'never':
      return;
    case 'late':
      await sleep(6);
      return whenOver(req.on('data', take));
    case 'pause':
      req.on('data', (chunk) => {
        take(chunk);
        req.pause();
        setTimeout(() => req.resume(), 1);
      });
      return whenOver(req);
    case 'toWeb':
      for await (const chunk of Readable.toWeb(req)) take(chunk);
      return;
    case 'destroy':
      await sleep(1);
      req.destroy();
      return;
    default:
      return whenOver(req.setEncoding(style).on('data', take));
  }
}

function whenOver(stream: Readable, source: Readable = stream): Promise<void> {
  return new Promise((resolve) => {
    if (source.destroyed) resolve();
    stream.once('end', resolve);
    source.once('close', resolve);
  });
}

function readWhatIsReadable(req: IncomingMessage, unshift: boolean, take: Take): Promise<void> {
  let putBack = !unshift;
  req.on('readable', () => {
    for (let chunk = req.read(); chunk !== null; chunk = req.read()) {
      if (putBack) take(chunk);
      else req.unshift(chunk);
      putBack = true;
    }
  });
  return whenOver(req);
}
