export { wordsOf } from '../options/node-options';

/** Arguments of node that have it load a module before the application. */
const PRELOAD = /^(--require|-r|--import)(?:=(.*))?$/s;
/** The entry of this package, by its name or by the path of its file. */
const REGISTER = /readme-metrics-opentelemetry[\\/](?:dist[\\/])?register(?:\.js)?$/;

/** Whether these arguments of node load `readme-metrics-opentelemetry/register`. */
export function loadsRegister(words: readonly string[]): boolean {
  return pairs(words).some(({ module }) => module !== undefined && REGISTER.test(module));
}

/** The arguments without those that would log or trace what the doctor itself does. */
export function withoutTracing(words: readonly string[]): string[] {
  return pairs(words)
    .filter(({ module }) => module === undefined || !traces(module))
    .flatMap((pair) => pair.words);
}

/** The opposite of {@link wordsOf}. */
export function joined(words: readonly string[]): string {
  return words
    .map((word) => (/[\s"\\]/.test(word) ? `"${word.replace(/["\\]/g, '\\$&')}"` : word))
    .join(' ');
}

function traces(module: string): boolean {
  return REGISTER.test(module) || /(^|[\\/])@opentelemetry[\\/]/.test(module);
}

/** Each argument with its value; `module` is what a preload names. */
function pairs(words: readonly string[]): { words: string[]; module?: string }[] {
  const result: { words: string[]; module?: string }[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    const [isPreload, , value] = PRELOAD.exec(word) ?? [];
    const next = words[index + 1];
    if (isPreload === undefined) result.push({ words: [word] });
    else if (value !== undefined) result.push({ words: [word], module: value });
    else if (next === undefined) result.push({ words: [word] });
    else {
      result.push({ words: [word, next], module: next });
      index++;
    }
  }
  return result;
}
