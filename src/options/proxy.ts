import { ReadmeOptionsError } from './checks';
import { nodeFlags } from './node-options';
import { ownVariable } from './own-variable';

/** Through which proxy requests to ReadMe go: plain data, which another thread can be given. */
export interface ProxySettings {
  /** URL of the proxy for `http://` servers, credentials included. */
  readonly http: string | undefined;
  /** URL of the proxy for `https://` servers, credentials included. */
  readonly https: string | undefined;
  /** Hosts that are asked directly, as in NO_PROXY. */
  readonly noProxy: string;
}

/** Where the requests for one server go first. */
export interface ProxyAddress {
  /** Origin, for instance `http://proxy.example.com:3128`. */
  readonly origin: string;
  /** Value of `Proxy-Authorization`. */
  readonly authorization: string | undefined;
}

const EXPECTED = 'the URL of an http or https proxy';

/**
 * @param value of the option: a URL, `"environment"` or `"none"`; by default the environment's proxies where
 * Node is told to use them.
 * @param servers origins that are asked: the variables of other protocols may hold what they like.
 * @throws {ReadmeOptionsError} whose message never holds the URL, which may have a password in it.
 */
export function proxySettings(
  value: unknown,
  environment: NodeJS.ProcessEnv,
  servers: readonly string[],
): ProxySettings | undefined {
  if (value === 'none') return undefined;
  const noProxy = variable(environment, 'NO_PROXY')?.text ?? '';
  if (value === 'environment' || (value === undefined && isNodeToldTo(environment))) {
    return fromEnvironment(environment, noProxy, servers);
  }
  if (value === undefined) return undefined;
  const url = proxyUrl(value);
  if (url === undefined) {
    throw new ReadmeOptionsError(`proxy must be ${EXPECTED}, "environment" or "none"`);
  }
  return { http: url, https: url, noProxy };
}

/** The proxy for a server; `undefined` when it is asked directly. */
export function proxyFor(
  settings: ProxySettings | undefined,
  server: string,
): ProxyAddress | undefined {
  if (settings === undefined) return undefined;
  const { protocol, hostname, port } = new URL(server);
  const proxy = protocol === 'https:' ? settings.https : settings.http;
  const serverPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  if (proxy === undefined || isDirect(settings.noProxy, hostname, serverPort)) return undefined;
  const { origin, username, password } = new URL(proxy);
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return {
    origin,
    authorization:
      credentials === ':' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`,
  };
}

/** The proxies without credentials, for who looks for a fault. */
export function shownProxy(settings: ProxySettings): string {
  const shown = ([name, url]: [string, string | undefined]) =>
    url === undefined ? [] : [`${new URL(url).origin} for ${name}://`];
  const { http, https, noProxy } = settings;
  const proxies = Object.entries({ https, http }).flatMap(shown);
  return (
    [...proxies, ...(noProxy === '' ? [] : [`not for ${noProxy}`])].join(', ') || 'none is set'
  );
}

/** NODE_USE_ENV_PROXY also on a Node that does not know it yet: it says what is wanted. */
function isNodeToldTo(environment: NodeJS.ProcessEnv): boolean {
  const flag = nodeFlags().findLast((word) => /^--(no-)?use-env-proxy$/.test(word));
  return flag === undefined
    ? ownVariable(environment, 'NODE_USE_ENV_PROXY') === '1'
    : flag === '--use-env-proxy';
}

/** As Node's `fetch` reads it: lower case first, and the proxy for http:// also for https:// where there is no other. */
function fromEnvironment(
  environment: NodeJS.ProcessEnv,
  noProxy: string,
  servers: readonly string[],
): ProxySettings {
  const http = variable(environment, 'HTTP_PROXY');
  const https = variable(environment, 'HTTPS_PROXY') ?? http;
  for (const server of servers) {
    const used = server.startsWith('https:') ? https : http;
    if (used === undefined || proxyUrl(used.text) !== undefined) continue;
    throw new ReadmeOptionsError(
      `${used.name} must be ${EXPECTED}; with README_PROXY=none it is not used`,
    );
  }
  return { http: proxyUrl(http?.text), https: proxyUrl(https?.text), noProxy };
}

function variable(
  environment: NodeJS.ProcessEnv,
  name: string,
): { name: string; text: string } | undefined {
  for (const spelling of [name.toLowerCase(), name]) {
    const text = ownVariable(environment, spelling);
    if (text !== undefined) return { name: spelling, text };
  }
  return undefined;
}

/**
 * `proxy.example.com:3128` is understood by curl, and so by many a variable. A name alone says neither protocol
 * nor port, and clients differ in what they take it for.
 */
function proxyUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/:\/\/|:\d+\/?$/.test(value)) return undefined;
  const text = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(text)) return undefined;
  const { protocol, pathname, search, href } = new URL(text);
  const isProxy = /^https?:$/.test(protocol) && /^\/?$/.test(pathname) && search === '';
  return isProxy ? href : undefined;
}

/** The same hosts as for Node's `fetch`: a name stands for its subdomains too, `*` for all. */
function isDirect(noProxy: string, hostname: string, port: string): boolean {
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      // `::1` is an address and no port.
      const [, host = entry, only] = /^([^:]+|\[.+\]):(\d+)$/.exec(entry) ?? [];
      if (only !== undefined && only !== port) return false;
      const name = host.replace(/^\*?\./, '').toLowerCase();
      return hostname === name || hostname === `[${name}]` || hostname.endsWith(`.${name}`);
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
