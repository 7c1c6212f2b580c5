/**
 * Words of API errors. A server may repeat what it was sent, which is bodies and the project's key; so of its own
 * words those alone are shown that could not have been in them as a secret.
 */
const KNOWN = new Set(
  `a access account all allowed already an and any api apikey are array as at auth authentication authorization
  authorized bad be been before block blocked body both busy but by cannot change check closed code conflict content
  could couldn't credentials database denied deprecated did didn't disabled do does doesn't don't down due each empty
  endpoint entity error errors exceed exceeded exist exists expired fail failed failure field fields find first for
  forbidden format found from gateway go gone had has have header headers host how if ignored in incorrect internal
  invalid ip is isn't it its json key known large later length less limit limited limits list log logged logging logs
  long maintenance malformed many match maximum may media message method metrics minimum mismatch missing more most
  must my name need needed no none not notfound null number object of off on once one only operation or our outage
  overloaded parameter parse pass passed payload per permission permitted plan please project property provide provided
  quota rate read readme received refused reject rejected request requested requests required resource response retry
  second seconds send sent server service should size slow small some something sorry status stop string support
  supported syntax temporarily than that the their there these this those time timeout to token too took true try type
  unable unauthorized unavailable unexpected unknown unprocessable unsupported up upgrade upstream use used user using
  valid validation value values version wait was way we went were when which while will with without wrong yet you
  your`.split(/\s+/),
);

const LONGEST = 120;
/** A text is not read further than that. */
const MOST_READ = 1000;

/**
 * What a server says, as far as its words are known ones, in upper or lower case, joined by spaces, `_` or `-`; the
 * rest is `…`. Empty when nothing is left.
 */
export function serverWords(text: string): string {
  const pieces = text.slice(0, MOST_READ).replaceAll('’', "'").split(/\s+/).map(wordOf);
  const shown = pieces.filter((word, index) => word !== '…' || pieces[index - 1] !== '…').join(' ');
  if (!/[a-z]/i.test(shown)) return '';
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 1)}…` : shown;
}

/** A known word with the sign that ends it, or a compound of known words such as `APIKEY_NOTFOUND`. */
function wordOf(piece: string): string {
  const [, word = '', sign = ''] = /^([a-z_'-]+)([.,:;!?]?)$/i.exec(piece) ?? [];
  const parts = word.toLowerCase().split(/[_-]/);
  return parts.every((part) => KNOWN.has(part)) ? word + sign : '…';
}
