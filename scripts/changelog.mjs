/** The parts of a changelog below its headings of the second level, each with what its heading says. */
export function sections(changelog) {
  return changelog.split(/^## /m).slice(1);
}
