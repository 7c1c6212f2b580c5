/** What a check is about; the doctor's report has them in this order. */
export type Topic = 'Node.js and packages' | 'Start' | 'Settings' | 'Who is calling' | 'ReadMe';

/** `note`: neither right nor wrong, or not looked at. `warn`: works, but perhaps not as meant. */
export type Verdict = 'ok' | 'note' | 'warn' | 'fail';

/** One thing that the doctor looked at. */
export interface Check {
  readonly topic: Topic;
  readonly verdict: Verdict;
  /** What was found, and why it is right or wrong. */
  readonly text: string;
  /** What to do about it, as an imperative sentence. */
  readonly advice?: string;
}

/** Makes the checks of one topic. */
export function checksAbout(topic: Topic) {
  return (verdict: Verdict, text: string, advice?: string): Check => ({
    topic,
    verdict,
    text,
    ...(advice !== undefined && { advice }),
  });
}
