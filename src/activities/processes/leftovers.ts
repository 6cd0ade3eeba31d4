/**
 * Ends what a program has left behind, where no namespace does it: processes that carry the mark of its start in their
 * environment, whatever session or group they have gone to. Linux only; who clears his environment is not found.
 */
import { readdir, readFile } from 'node:fs/promises';

/** The variable that marks a start. */
export const MARK = 'BATON_LAUNCH';
/** While they are ended they may make others. */
const ROUNDS = 10;

/** Kills all that carry the mark. Never throws. */
export async function endLeftovers(mark: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const found = await marked(mark);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
  }
}

async function marked(mark: string): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const carries = await Promise.all(
    pids.map(async (pid) => (await environmentOf(pid)).includes(`${MARK}=${mark}`)),
  );
  return pids.filter((pid, i) => carries[i] === true && pid !== process.pid);
}

async function environmentOf(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/environ`, 'latin1');
  } catch {
    // Gone, or somebody else's.
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
