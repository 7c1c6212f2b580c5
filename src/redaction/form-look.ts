/** What no form has that a program wrote, and prose and markup have. */
const NO_FORM = /[\s<>"{}]/;

/** Whether the whole text is `name=value` pairs and bare names between `&`, without a space inside. */
export function looksLikeForm(text: string): boolean {
  const form = text.trim();
  const equals = form.indexOf('=');
  // `=` at the very beginning is a value without a name.
  return equals > 0 && !NO_FORM.test(form);
}
