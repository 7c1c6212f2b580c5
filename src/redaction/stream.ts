/** What a policy leaves of several JSON texts in one body. */
export interface RedactedStream {
  /** What may be sent; `''` when an allowlist names nothing in it. */
  readonly text: string;
  /** Documents or lines in whose place a mark stands. */
  readonly withheld: number;
  /** The last document was left out, because it may be cut. */
  readonly dropped: boolean;
}
