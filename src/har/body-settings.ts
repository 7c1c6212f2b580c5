/** What of the options decides how a log shows a body. */
export interface BodySettings {
  /** Most bytes that a content-encoding may unpack to. */
  readonly maxBodyBytes: number;
  /** Whether bodies and files that nobody reads in a log are sent all the same. */
  readonly logBinaryBodies: boolean;
}
