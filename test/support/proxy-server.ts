import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listening } from './answering-server';

/** An HTTP proxy on loopback. */
export interface ProxyServer {
  readonly port: number;
  /** `CONNECT 127.0.0.1:443` or `POST http://127.0.0.1/v1/request`, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** `user:password` that it wants. */
  readonly credentials?: string;
  /** Status of every answer, instead of passing requests on. */
  readonly status?: number;
}

export async function startProxy({ credentials, status }: ProxyOptions = {}): Promise<ProxyServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const refusal = ({ headers }: IncomingMessage) => {
    const wanted = credentials && `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
    return headers['proxy-authorization'] === wanted ? status : 407;
  };
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const refused = refusal(request);
    if (refused !== undefined) {
      response.writeHead(refused).end();
      return;
    }
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const { method } = request;
    const onward = httpRequest(request.url as string, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode as number, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    // A client that is killed resets its connection.
    request.on('error', () => onward.destroy());
    request.pipe(onward);
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    requests.push(`CONNECT ${request.url}`);
    const refused = refusal(request);
    socket.on('error', () => socket.destroy());
    if (refused !== undefined) {
      socket.end(`HTTP/1.1 ${refused} Refused\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = (request.url as string).split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const each of [socket, onward]) {
      sockets.add(each);
      each.on('error', () => each.destroy());
      each.on('close', () => {
        socket.destroy();
        onward.destroy();
      });
    }
  });
  const { port, close } = await listening(server);
  return {
    port,
    requests,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return close();
    },
  };
}
