import { once } from 'node:events';
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { AgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import { loadBuiltin } from '../../bundles/load-builtin';
import type { ProxyAddress } from '../../options/proxy';
import { forwarded, isForwarded, isTunnelled, keepUnreferenced, tlsSettings } from './connections';
import type { ConnectionOptions, HttpAnswer, HttpRequest, HttpTransport } from './transport';
import { openTunnel } from './tunnel';

type OnConnection = (error: Error | null, socket?: Socket) => void;
type Connecting = (options: Record<string, unknown>, callback: OnConnection) => Socket | undefined;

/** Node's own HTTP client, for where undici cannot run. */
export class NodeHttpTransport implements HttpTransport {
  readonly #options: ConnectionOptions;
  readonly #agents = new Map<string, Agent>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  async request(url: string, { method, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
    const { origin, path, headers: all } = forwarded(url, headers, this.#options);
    const isTls = origin.startsWith('https:');
    const { request } = isTls
      ? loadBuiltin<typeof import('node:https')>('node:https')
      : loadBuiltin<typeof import('node:http')>('node:http');
    const options = { method, path, headers: all, agent: this.#agentFor(isTls), signal };
    const outgoing = this.#options.withTracingSuppressed(() => request(origin, options));
    try {
      const answer = await answerTo(outgoing, body);
      if (answer.statusCode === 407 && isForwarded(this.#options)) {
        answer.destroy();
        throw Object.assign(new Error('the proxy answered 407'), { code: 'PROXY_ANSWERED_407' });
      }
      return { status: answer.statusCode as number, headers: answer.headers, body: answer };
    } catch (error) {
      // `http` wraps the signal's reason.
      throw signal.aborted ? signal.reason : error;
    }
  }

  async close(): Promise<void> {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #agentFor(isTls: boolean): Agent {
    const protocol = isTls ? 'https:' : 'http:';
    let agent = this.#agents.get(protocol);
    if (agent === undefined) {
      agent = this.#createAgent(isTls);
      this.#agents.set(protocol, agent);
    }
    return agent;
  }

  #createAgent(isTls: boolean): Agent {
    // `proxyEnv` is for a Node that is told to use the environment's proxies: ours is settled already.
    const options = { keepAlive: true, maxSockets: this.#options.connections, proxyEnv: {} };
    if (!isTls) return new (loadBuiltin<typeof import('node:http')>('node:http').Agent)(options);
    const { Agent } = loadBuiltin<typeof import('node:https')>('node:https');
    const tls: AgentOptions = { ...options, ...tlsSettings(this.#options) };
    const agent = new Agent(tls);
    if (isTunnelled(this.#options)) Object.assign(agent, { createConnection: this.#tunnelling() });
    return agent;
  }

  #tunnelling(): Connecting {
    const { proxy, timeoutMillis } = this.#options;
    const tls = tlsSettings(this.#options);
    const { connect } = loadBuiltin<typeof import('node:tls')>('node:tls');
    return (options, callback) => {
      const authority = `${options.host}:${options.port}`;
      openTunnel({ proxy: proxy as ProxyAddress, authority, timeoutMillis, tls }).then(
        (socket) => callback(null, connect({ ...options, ...tls, socket })),
        (error: Error) => callback(error),
      );
      return undefined;
    };
  }
}

async function answerTo(
  outgoing: ClientRequest,
  body: Uint8Array | undefined,
): Promise<IncomingMessage> {
  outgoing.on('socket', keepUnreferenced);
  // What comes after the answer has begun is an error of its body too.
  outgoing.on('error', () => {});
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return answer;
}
