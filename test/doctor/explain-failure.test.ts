import { expect, it } from 'vitest';
import { explainError } from '../../src/doctor/explain-failure';

const SERVER = new URL('https://metrics.example.com');

it.each([
  ['ENOTFOUND', 'the name metrics.example.com cannot be found'],
  ['EAI_AGAIN', 'the name metrics.example.com cannot be found'],
  ['ECONNREFUSED', 'nothing listens on metrics.example.com'],
  ['ENETUNREACH', 'there is no way from this machine'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for another name'],
  ['CERT_HAS_EXPIRED', 'is not valid today'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'is not trusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'is not trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'is not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'is not trusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS'],
  ['EPROTO', 'does not speak TLS'],
  ['HPE_INVALID_CONSTANT', 'does not speak HTTP'],
  ['UND_ERR_SOCKET', 'closed the connection'],
  ['EWHATEVER', 'cannot be talked to: something'],
])('%s: %s', (code, text) => {
  const explanation = explainError(SERVER, code, 'something');
  expect(explanation.text).toContain(text);
  expect(explanation.text).toContain(`(${code})`);
  expect(explanation.advice).toMatch(/\.$/);
});

it('a refused connection of this machine means that the local server does not run', () => {
  const server = new URL('http://127.0.0.1:4040');
  expect(explainError(server, 'ECONNREFUSED', '').advice).toContain(
    'Start the local metrics server on port 4040',
  );
});
