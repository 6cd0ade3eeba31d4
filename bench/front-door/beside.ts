/** Programs of the bench that run beside it, in processes of their own, and talk to it. They end when it does. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface Beside<Said> {
  readonly child: ChildProcess;
  /** The first thing it said: then it is ready. */
  readonly said: Said;
  /** What it says next. @throws Error when it ends instead */
  readonly next: <Answer>() => Promise<Answer>;
}

/** Starts a program of TypeScript. @throws Error when it ends before it is ready */
export async function beside<Said>(
  file: string,
  args: readonly string[] = [],
  cwd = process.cwd(),
): Promise<Beside<Said>> {
  const child = fork(file, args, { execArgv: ['--import', 'tsx'], cwd });
  const gone = once(child, 'disconnect').then(() => {
    throw new Error(`${[file, ...args].slice(0, 2).join(' ')} has ended: the lines above say why`);
  });
  // In the end it may.
  gone.catch(() => {});
  const next = async <Answer>(): Promise<Answer> => {
    const [said] = (await Promise.race([once(child, 'message'), gone])) as [Answer];
    return said;
  };
  return { child, said: await next<Said>(), next };
}
