import { plainText } from '../options/plain-text';

const NOT_FOUND = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']);
/** Node's words, and those of Yarn's Plug'n'Play. */
const MODULE = /Cannot find (?:module|package) '([^']+)'|tried to access ([@\w./-]+)/;
const PEER = '@opentelemetry/api';

/**
 * Why this package could not be started, and what to do. When it starts, it has seen no request yet: the message of
 * an exception, of Node or of what the application has put around Node's functions, holds nothing of one.
 */
export function causeOf(error: unknown): string {
  const { code, name, message } = (error ?? {}) as NodeJS.ErrnoException;
  const text = typeof message === 'string' ? message : '';
  const [, ofNode, ofYarn] = (NOT_FOUND.has(code ?? '') && MODULE.exec(text)) || [];
  const module = ofNode ?? ofYarn;
  if (module === PEER)
    return `the package ${PEER} is not installed. Install it beside this one: npm install ${PEER}`;
  if (module !== undefined && !module.startsWith('.') && !module.startsWith('/'))
    return plainText(
      `the package ${module} is not installed. Deploy this package with all its dependencies`,
    );
  const [firstLine] = text.split('\n');
  return plainText(error instanceof Error ? `${name}: ${firstLine}` : `${typeof error} thrown`);
}
