/** What a policy leaves of several JSON texts in one body. */
export interface RedactedStream {
  /** Documents or lines in whose place a mark stands. */
  readonly withheld: number;
  /** The last document was left out, because it may be cut. */
  readonly dropped: boolean;
  /** An allowlist names nothing in it: what was written, if anything, is only what stands between documents. */
  readonly isBlank: boolean;
}

export interface RedactStreamOptions {
  /** The last document may be cut: it is left out. */
  readonly cut: boolean;
  /** It is written as the inside of a JSON string. */
  readonly escaped: boolean;
}
