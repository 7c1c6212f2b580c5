/** What of the options decides how a log shows a body. */
export interface BodySettings {
  /** Most bytes that a content-encoding may unpack to. */
  readonly maxBodyBytes: number;
  /** Whether bodies and files that nobody reads in a log are sent all the same. */
  readonly logBinaryBodies: boolean;
  /**
   * Takes a body that goes into the log exactly as it is, as its UTF-8 with a character for each byte, and
   * returns what stands for it in the log. Without it, the text itself stands there.
   */
  readonly verbatim?: (utf8: string) => string;
}
