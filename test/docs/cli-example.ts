/** Is it a command of the CLI? Judged by the CLI's own parser, which then does nothing. */
import { CommanderError, type Command } from 'commander';
import { messageOf } from '../../src/errors/errors.ts';
import { createProgram } from '../../src/cli/program.ts';

/** Why the CLI refuses these arguments, or null. */
export async function refusalOf(args: readonly string[]): Promise<string | null> {
  const program = await createProgram();
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    if (command !== program) command.action(() => undefined);
  }
  try {
    program.parse(args, { from: 'user' });
    return null;
  } catch (error) {
    const isHelp = error instanceof CommanderError && error.exitCode === 0;
    return isHelp ? null : messageOf(error);
  }
}

/**
 * Why an inline mention such as `baton pause RUN [REASON]` is none of the CLI's, or null: the command and its options
 * must exist; arguments may be left out.
 */
export async function mentionFault(text: string): Promise<string | null> {
  // What a pipe hands it to is not ours.
  const [own = ''] = text.split(' | ');
  const [, name = '', ...words] = own
    .replaceAll(/[[\]…]/g, ' ')
    .trim()
    .split(/\s+/);
  const command = (await createProgram()).commands.find((candidate) => candidate.name() === name);
  if (command === undefined) return `there is no command "${name}"`;
  // A word below it: `baton nodes match`.
  const below = command.commands.find((candidate) => candidate.name() === words[0]);
  const known = new Set([
    ...optionsOf(command).flat(),
    ...(below === undefined ? [] : optionsOf(below).flat()),
    '--help',
  ]);
  const given = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0] ?? '');
  const unknown = given.filter((option) => !known.has(option));
  return unknown.length === 0 ? null : `"${name}" has no option ${unknown.join(', ')}`;
}

/** Every command with its options, each in all its spellings. */
export async function commandLine(): Promise<ReadonlyMap<string, readonly (readonly string[])[]>> {
  const { commands } = await createProgram();
  return new Map(commands.map((command) => [command.name(), optionsOf(command)]));
}

const optionsOf = (command: Command): string[][] =>
  command.options.map(({ short, long }) => [short, long].filter((name) => name !== undefined));

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
