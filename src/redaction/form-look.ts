/** What no form has that a program wrote, and prose and markup have. */
const NO_FORM = /[\s<>"{}]/;

/** Whether the whole text is `name=value` pairs and bare names between `&`, without a space inside. */
export function looksLikeForm(text: string): boolean {
  const form = text.trim();
  const equals = form.indexOf('=');
  // `=` at the very beginning is a value without a name.
  return equals > 0 && !NO_FORM.test(form);
}

const PLAIN_FIELD = /^[^\s=<>"{}&]+=/;

/** Whether every line is a field, as browsers send a form with `enctype="text/plain"` (HTML Standard §4.10.21.8). */
export function looksLikePlainForm(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  return lines.length > 0 && lines.every((line) => PLAIN_FIELD.test(line));
}
