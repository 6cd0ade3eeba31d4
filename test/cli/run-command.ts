/** Commands of the CLI as a test gives them: in this process, or as a process of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CommanderError } from 'commander';
import { vi } from 'vitest';
import { CliError, EXIT } from '../../src/cli/exit.ts';
import { commandOf, createProgram } from '../../src/cli/program.ts';
import { messageOf } from '../../src/errors/errors.ts';
import { builtProgram } from '../support/built-program.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  /** What it failed with. */
  readonly err: string;
  /** What it said beside its result. */
  readonly notes: string;
}

type Environment = Readonly<Record<string, string>>;

/** In this process, one at a time: what it prints, and the code with which `main.ts` would end. */
export async function runCommand(environment: Environment, args: readonly string[]): Promise<Ended> {
  const said = { out: '', notes: '' };
  const out = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => ((said.out += String(text)), true));
  const notes = vi
    .spyOn(process.stderr, 'write')
    .mockImplementation((text) => ((said.notes += String(text)), true));
  for (const [name, value] of Object.entries({ NO_COLOR: '1', ...environment })) vi.stubEnv(name, value);
  try {
    const program = await createProgram(commandOf(args));
    await program.parseAsync(args, { from: 'user' });
    return { code: Number(process.exitCode ?? 0), ...said, err: '' };
  } catch (error) {
    return { code: codeOf(error), ...said, err: messageOf(error) };
  } finally {
    process.exitCode = undefined;
    out.mockRestore();
    notes.mockRestore();
    vi.unstubAllEnvs();
  }
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return EXIT.usage;
  return error instanceof CliError ? error.exitCode : EXIT.failed;
}

/** As a process of its own: `said` grows while it works. */
export function startCommand(environment: Environment, args: readonly string[], input = '') {
  const env = { ...process.env, NO_COLOR: '1', ...environment };
  const child = spawn(process.execPath, [...builtProgram('cli/main'), ...args], { env });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]): Ended => ({
    code: Number(code),
    ...said,
    notes: said.err,
  }));
  return { said, ended };
}
