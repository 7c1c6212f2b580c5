/** The words of NODE_OPTIONS, as Node reads it: separated by spaces, quoted by `"`, escaped by `\`. */
export function wordsOf(nodeOptions: string | undefined): string[] {
  const words = (nodeOptions ?? '').match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"/g, (_, inner: string) => inner.replace(/\\(.)/g, '$1')),
  );
}

/** What Node was told at its start: NODE_OPTIONS first, as the command line has the last word. */
export function nodeFlags(): string[] {
  return [...wordsOf(process.env.NODE_OPTIONS), ...process.execArgv];
}
