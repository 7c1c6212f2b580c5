import type { Socket } from 'node:net';
import type { Agent, buildConnector } from 'undici';
import type { ProxyAddress } from '../../options/proxy';
import { forwarded, isForwarded, isTunnelled, keepUnreferenced, tlsSettings } from './connections';
import { loadUndici } from './load-undici';
import type { ConnectionOptions, HttpAnswer, HttpRequest, HttpTransport } from './transport';
import { openTunnel } from './tunnel';

export class UndiciTransport implements HttpTransport {
  readonly #options: ConnectionOptions;
  readonly #undici = loadUndici();
  readonly #agent: Agent;

  /** @throws {Error} when undici cannot be loaded. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#agent = new this.#undici.Agent({
      connections: options.connections,
      connect: this.#connector(),
    });
  }

  async request(url: string, { method, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
    const { origin, path, headers: all } = forwarded(url, headers, this.#options);
    const answer = await this.#options.withTracingSuppressed(() =>
      this.#agent.request({ origin, path, method, headers: all, body: body ?? null, signal }),
    );
    if (answer.statusCode === 407 && isForwarded(this.#options)) {
      void answer.body.dump().catch(() => {});
      throw Object.assign(new Error('the proxy answered 407'), { code: 'PROXY_ANSWERED_407' });
    }
    return { status: answer.statusCode, headers: answer.headers, body: answer.body };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #connector(): buildConnector.connector {
    const { proxy, timeoutMillis } = this.#options;
    const tls = tlsSettings(this.#options);
    const connect = this.#undici.buildConnector({ timeout: timeoutMillis, ...tls });
    const connectUnreferenced: buildConnector.connector = (options, callback) => {
      // Its type says void; `net` itself is not loaded for instanceof, as instrumentation would patch it then.
      const socket = connect(options, callback) as unknown as Socket | undefined;
      if (socket !== undefined) keepUnreferenced(socket);
    };
    if (!isTunnelled(this.#options)) return connectUnreferenced;
    return (options, callback) => {
      const authority = `${options.hostname}:${options.port || 443}`;
      openTunnel({ proxy: proxy as ProxyAddress, authority, timeoutMillis, tls }).then(
        (httpSocket) => connectUnreferenced({ ...options, httpSocket }, callback),
        (error: Error) => callback(error, null),
      );
    };
  }
}
