import { ReadmeOptionsError } from '../options/checks';
import { variableOf } from '../options/environment';
import { type ProxySettings, shownProxy } from '../options/proxy';
import { resolveOptions } from '../options/resolve-options';
import { type Check, checksAbout } from './check';

export interface FoundProxy {
  readonly check: Check;
  /** `undefined`: requests go directly. */
  readonly settings: ProxySettings | undefined | 'unusable';
}

const check = checksAbout('Settings');

/**
 * Which proxy the environment has for requests to ReadMe: README_PROXY, and the variables that Node reads too.
 *
 * @param usable the other variables of this package, as far as they can be used.
 */
export function checkProxy(environment: NodeJS.ProcessEnv, usable: NodeJS.ProcessEnv): FoundProxy {
  const variable = variableOf('proxy');
  const foreign = Object.entries(environment).filter(([name]) => !name.startsWith('README_'));
  const own = environment[variable];
  try {
    const { proxy } = resolveOptions(
      { apiKey: 'none' },
      { ...Object.fromEntries(foreign), ...usable, [variable]: own },
    );
    const source = (own?.trim() ?? '') === '' ? 'default' : variable;
    const shown = proxy === undefined ? 'not set' : shownProxy(proxy);
    return { check: check('ok', `proxy = ${shown} (${source})`), settings: proxy };
  } catch (error) {
    if (!(error instanceof ReadmeOptionsError)) throw error;
    const { message } = error;
    return { check: check('fail', message, `Correct it: ${message}`), settings: 'unusable' };
  }
}
