import { plainText } from '../options/plain-text';
import type { Check, Topic, Verdict } from './check';

/** Takes the checks as they are made; `conclude` ends the report and gives the exit code. */
export interface Report {
  add(check: Check): void;
  conclude(wayToStart: string): number;
}

export interface ReportOptions {
  readonly write: (text: string) => void;
  /** What makes a text fit to be shown. */
  readonly hide: (text: string) => string;
  readonly version: string;
  readonly folder: string;
  readonly colour: boolean;
}

const COLOURS: Record<Verdict, number> = { ok: 32, note: 36, warn: 33, fail: 31 };
const [BOLD, PLAIN] = [1, 0];

/** Plain text, a line a check, as soon as it is made. */
export function textReport({ write, hide, version, folder, colour }: ReportOptions): Report {
  const paint = (code: number, text: string) =>
    colour ? `\x1b[${code}m${text}\x1b[${PLAIN}m` : text;
  const checks: Check[] = [];
  let topic: Topic | undefined;
  write(`readme-metrics-opentelemetry ${version}, doctor, in ${folder}\n`);
  return {
    add(raw) {
      const check = presentable(raw, hide);
      checks.push(check);
      if (check.topic !== topic) write(`\n${paint(BOLD, check.topic)}\n`);
      topic = check.topic;
      const sign = paint(COLOURS[check.verdict], check.verdict.padEnd(4));
      write(`  ${sign}  ${check.text}${isTrouble(check) ? adviceOf(check) : ''}\n`);
    },
    conclude(wayToStart) {
      write(`\n${paint(BOLD, 'Next:')} ${nextStep(checks, wayToStart)}\n`);
      return exitCode(checks);
    },
  };
}

/** One JSON object, at the end: `{ version, folder, ok, checks, next }`. */
export function jsonReport({ write, hide, version, folder }: ReportOptions): Report {
  const checks: Check[] = [];
  return {
    add: (check) => checks.push(presentable(check, hide)),
    conclude(wayToStart) {
      const code = exitCode(checks);
      const next = nextStep(checks, wayToStart);
      const report = { version, folder, ok: code === 0, checks, next };
      write(`${JSON.stringify(report, null, 2)}\n`);
      return code;
    },
  };
}

function exitCode(checks: readonly Check[]): number {
  return checks.some(({ verdict }) => verdict === 'fail') ? 1 : 0;
}

/** The first failure first: what comes later often follows from it. */
function nextStep(checks: readonly Check[], wayToStart: string): string {
  const failed = checks.filter(({ verdict }) => verdict === 'fail');
  const [first] = failed;
  if (first !== undefined) {
    const others = failed.length - 1;
    const rest = others === 0 ? '' : ` Then run the doctor again: ${others} more failed.`;
    return `${first.advice ?? first.text}${rest}`;
  }
  const doubtful = checks.filter(({ verdict }) => verdict === 'warn').length;
  const warned =
    doubtful === 0 ? '' : `look at the warning${doubtful === 1 ? '' : 's'} above, then `;
  const step = `${warned}${wayToStart}`;
  return `${step.charAt(0).toUpperCase()}${step.slice(1)}`;
}

function isTrouble({ verdict }: Check): boolean {
  return verdict === 'warn' || verdict === 'fail';
}

function adviceOf({ advice }: Check): string {
  return advice === undefined ? '' : `\n        ${advice}`;
}

/** Without secrets, and each text on one line. */
function presentable(
  { topic, verdict, text, advice }: Check,
  hide: (text: string) => string,
): Check {
  const line = (value: string) => plainText(hide(value).replace(/\s*[\r\n]+\s*/g, ' '));
  return {
    topic,
    verdict,
    text: line(text),
    ...(advice !== undefined && { advice: line(advice) }),
  };
}
