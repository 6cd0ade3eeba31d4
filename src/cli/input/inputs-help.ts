/** What a definition takes, below the help of `baton run`: `baton run review.yaml --help`. */
import { CommanderError, type Command } from 'commander';
import type { InputSpec } from '../../plan/plan.ts';
import { positionalsOf } from '../completion/complete-words.ts';
import { table } from '../terminal/output.ts';

/** Undefined where no help of `run` with a definition was asked for. */
export async function inputsHelp(
  program: Command,
  words: readonly string[],
  error: unknown,
): Promise<string | undefined> {
  const isHelp = error instanceof CommanderError && error.code === 'commander.helpDisplayed';
  const run = program.commands.find((command) => command.name() === words[0]);
  if (!isHelp || run?.name() !== 'run') return undefined;
  const [target] = positionalsOf(run, words.slice(1));
  if (target === undefined) return undefined;
  const { findDefinition } = await import('./find-definition.ts');
  const { label, plan } = await findDefinition(target);
  return `\nInputs of ${label}:\n${inputsText(plan.inputs)}\n`;
}

export function inputsText(inputs: Readonly<Record<string, InputSpec>>): string {
  const rows = Object.entries(inputs).map(([name, input]) => [
    `  ${name}`,
    input.type,
    needText(input),
    input.description ?? '',
  ]);
  return rows.length === 0 ? '  none' : table(['  INPUT', 'TYPE', 'NEEDED', ''], rows);
}

function needText(input: InputSpec): string {
  if ('default' in input && input.default !== undefined) return `default ${JSON.stringify(input.default)}`;
  return input.required ? 'yes' : 'no';
}
