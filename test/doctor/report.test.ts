import { expect, it } from 'vitest';
import type { Check } from '../../src/doctor/check';
import { jsonReport, textReport } from '../../src/doctor/report';

const OK: Check = { topic: 'Start', verdict: 'ok', text: 'fine' };
const FAILED: Check = { topic: 'ReadMe', verdict: 'fail', text: 'it is\nbad', advice: 'Mend it.' };
const WORSE: Check = { topic: 'ReadMe', verdict: 'fail', text: 'worse', advice: 'Mend that.' };
const DOUBTFUL: Check = { topic: 'ReadMe', verdict: 'warn', text: 'odd', advice: 'Look.' };

function written(make: typeof textReport, checks: readonly Check[], colour = false) {
  let text = '';
  const report = make({
    write: (more) => {
      text += more;
    },
    hide: (line) => line.replace('bad', '******'),
    version: '1.2.3',
    folder: '/app',
    colour,
  });
  for (const check of checks) report.add(check);
  return { code: report.conclude('start it.'), text };
}

it('has a heading a topic, a line a check, and one line that says what is next', () => {
  expect(written(textReport, [OK, FAILED, WORSE])).toEqual({
    code: 1,
    text: `readme-metrics-opentelemetry 1.2.3, doctor, in /app

Start
  ok    fine

ReadMe
  fail  it is ******
        Mend it.
  fail  worse
        Mend that.

Next: Mend it. Then run the doctor again: 1 more failed.
`,
  });
});

it('ends with 0 when there are warnings alone', () => {
  const { code, text } = written(textReport, [OK, DOUBTFUL]);
  expect(code).toBe(0);
  expect(text).toContain('Next: Look at the warning above, then start it.\n');
});

it('has colours where they are wanted', () => {
  expect(written(textReport, [OK], true).text).toContain('\x1b[32mok  \x1b[0m  fine');
});

it('is data as well', () => {
  const { code, text } = written(jsonReport, [OK, FAILED]);
  expect(code).toBe(1);
  expect(JSON.parse(text)).toEqual({
    version: '1.2.3',
    folder: '/app',
    ok: false,
    checks: [OK, { ...FAILED, text: 'it is ******' }],
    next: 'Mend it.',
  });
});
