import type { Stats } from 'node:fs';

const GROUP_AND_OTHERS_WRITE = 0o022;
const ROOT = 0;

/**
 * Whether another user may put files into a directory. They would be sent with this process's key, as logs of its
 * callers; also of one with the sticky bit, such as `/tmp`. Windows knows no modes: never there.
 */
export function isWritableByOthers(
  { mode, uid }: Pick<Stats, 'mode' | 'uid'>,
  user = process.geteuid?.(),
): boolean {
  if (user === undefined) return false;
  return (mode & GROUP_AND_OTHERS_WRITE) !== 0 || (uid !== user && uid !== ROOT);
}
