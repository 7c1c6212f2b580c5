/** Why a server cannot be talked to, and what to do about it. */
export interface Explanation {
  readonly text: string;
  readonly advice: string;
}

type Explain = (server: URL, message: string) => Explanation;

const SETTING = 'README_METRICS_SERVER';

/** The first that matches the code of the error, as Node.js, OpenSSL or undici give it. */
const EXPLANATIONS: readonly (readonly [RegExp, Explain])[] = [
  [
    /^(ENOTFOUND|EAI_\w+)$/,
    ({ hostname }) => ({
      text: `the name ${hostname} cannot be found (DNS)`,
      advice: `Check the spelling of ${SETTING}, and whether this machine can resolve names: nslookup ${hostname}.`,
    }),
  ],
  [
    /^ECONNREFUSED$/,
    ({ host, port, hostname }) => ({
      text: `nothing listens on ${host}: the connection was refused`,
      advice: isLoopback(hostname)
        ? `Start the local metrics server on port ${port || 'that'}, or correct ${SETTING}.`
        : `Check ${SETTING}, and whether a firewall lets this machine reach ${host}.`,
    }),
  ],
  [
    /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM)$/,
    ({ host }) => ({
      text: `there is no way from this machine to ${host}`,
      advice: `Check network and firewall: this machine must be allowed to reach ${host}.`,
    }),
  ],
  [
    /^(ERR_TLS_CERT_ALTNAME_INVALID)$/,
    ({ host, hostname }) => ({
      text: `the TLS certificate of ${host} is for another name than ${hostname}`,
      advice: `Use in ${SETTING} the name that the certificate is for.`,
    }),
  ],
  [
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    ({ host }) => ({
      text: `the TLS certificate of ${host} is not valid today`,
      advice: `Check this machine's clock; if it is right, the certificate of ${host} must be renewed.`,
    }),
  ],
  [
    /SELF_SIGNED|UNABLE_TO_|CERT_UNTRUSTED|^CERT_/,
    ({ host }) => ({
      text: `the TLS certificate of ${host} is not trusted by Node.js`,
      advice: `If a proxy of your company, or a server of your own, has its own certificate authority, name its file in NODE_EXTRA_CA_CERTS.`,
    }),
  ],
  [
    /^(EPROTO|ERR_SSL_\w+|ERR_TLS_\w+)$/,
    ({ host }) => ({
      text: `${host} does not speak TLS as Node.js does`,
      advice: `If the server speaks plain HTTP, write http:// in ${SETTING}.`,
    }),
  ],
  [
    /^(HPE_\w+|UND_ERR_RESPONSE\w*|HTTPParserError)$/,
    ({ host }) => ({
      text: `what answers on ${host} does not speak HTTP: it is no ReadMe metrics server`,
      advice: `Correct ${SETTING}: another program has that port.`,
    }),
  ],
  [
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    ({ host, protocol }) => ({
      text: `${host} closed the connection without an answer`,
      advice:
        protocol === 'http:'
          ? `If the server speaks TLS, write https:// in ${SETTING}; else another program may have that port.`
          : `Check ${SETTING}, and whether a firewall lets this machine reach ${host}.`,
    }),
  ],
];

/** @param code of the error, for instance `ECONNREFUSED`. */
export function explainError(server: URL, code: string, message: string): Explanation {
  const [, explain = unknownError] = EXPLANATIONS.find(([pattern]) => pattern.test(code)) ?? [];
  const { text, advice } = explain(server, message);
  return { text: `${text} (${code})`, advice };
}

/** @param code of the tunnel, for instance `PROXY_ECONNREFUSED` or `PROXY_ANSWERED_407`. */
export function explainProxy({ host }: URL, code: string): Explanation {
  if (code === 'PROXY_ANSWERED_407') {
    return {
      text: `the proxy ${host} wants a user and a password (${code})`,
      advice: 'Put them into the URL of the proxy, http://user:password@host:port.',
    };
  }
  const [, status] = /^PROXY_ANSWERED_(\d+)$/.exec(code) ?? [];
  return status === undefined
    ? {
        text: `the proxy ${host} cannot be reached (${code})`,
        advice: 'Correct README_PROXY, or HTTPS_PROXY and HTTP_PROXY.',
      }
    : {
        text: `the proxy ${host} answers ${status} instead of opening a connection (${code})`,
        advice:
          'Have the proxy let requests to the metrics server through, or name that in NO_PROXY.',
      };
}

/** @param proxy its origin, where requests go through one. */
export function explainTimeout(server: URL, timeoutMillis: number, proxy?: string): Explanation {
  if (proxy !== undefined) {
    return {
      text: `${server.host} gave no answer within ${timeoutMillis} ms through the proxy ${proxy}`,
      advice: `Check whether this machine reaches ${proxy}, and that proxy ${server.host}; README_PROXY=none asks directly.`,
    };
  }
  return {
    text: `${server.host} gave no answer within ${timeoutMillis} ms`,
    advice: `Check whether a firewall lets this machine reach ${server.host}; on a slow network, raise README_TIMEOUT_MILLIS.`,
  };
}

export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

const unknownError: Explain = ({ host }, message) => ({
  text: `${host} cannot be talked to: ${message}`,
  advice: `Check ${SETTING}, and the network between this machine and ${host}.`,
});
