import { afterAll, beforeAll, expect, it } from 'vitest';
import { VERSION } from '../../src/version';
import { type DoctorProject, doctorProject } from '../support/doctor-project';

let project: DoctorProject;
beforeAll(() => {
  project = doctorProject();
});
afterAll(() => project.remove());

it('--help names the commands', async () => {
  const { code, stdout, stderr } = await project.run(['--help']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/doctor.*\n.*viewer/);
});

it('--version is that of the package', async () => {
  expect(await project.run(['--version'])).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
});

it('without a command, it says which there are, and ends with 2', async () => {
  const { code, stdout, stderr } = await project.run([]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Usage:');
});

it.each(['docter', 'constructor', '__proto__'])('there is no command %s', async (name) => {
  const { code, stdout, stderr } = await project.run([name]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toBe(`There is no command "${name}"; known are doctor, viewer.\n`);
});

it.each([
  [['--colour'], "Unknown option '--colour'"],
  [['doctor', '--colour'], "Unknown option '--colour'"],
  [['doctor', 'now'], "Unexpected argument 'now'"],
  [['doctor', '--timeout', '3s'], '--timeout must be a whole number of milliseconds'],
  [['doctor', '--timeout', '0'], '--timeout must be a whole number of milliseconds'],
  [['doctor', '--header', 'no colon'], '--header must be "Name: value"'],
])('%j ends with 2 and says what is wrong', async (args, message) => {
  const { code, stdout, stderr } = await project.run(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

it('doctor --help names its options, and looks at nothing', async () => {
  const { code, stdout } = await project.run(['doctor', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--timeout');
  expect(stdout).not.toContain('Node.js 2');
});
