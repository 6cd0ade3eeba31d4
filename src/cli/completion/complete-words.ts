/**
 * What a shell may put in the place of the word that is being written: commands, options, their choices, and names that
 * the running stack knows. Where a file is meant, the shell completes by itself.
 */
import type { Command, Option } from 'commander';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export interface Completions {
  readonly items: readonly Candidate[];
  /** Files fit as well. */
  readonly files: boolean;
}

/** Names that only the API knows; without an API there are none. */
export interface Known {
  readonly runs: () => Promise<readonly Candidate[]>;
  readonly workflows: () => Promise<readonly Candidate[]>;
  readonly steps: (runId: string) => Promise<readonly Candidate[]>;
  /** Of `baton context`. */
  readonly contexts: () => readonly Candidate[];
}

const NOTHING: Completions = { items: [], files: false };

/**
 * @param program with at least the command that `words` name
 * @param words what stands behind `baton`; the last one is being written, and may be empty
 */
export async function completionsOf(
  program: Command,
  words: readonly string[],
  known: Known,
): Promise<Completions> {
  const current = words.at(-1) ?? '';
  const found = await fitting(program, words, known);
  return { ...found, items: found.items.filter(({ value }) => value.startsWith(current)) };
}

/** Without options of the program, as far as they are whole. */
export function withoutProgramOptions(words: readonly string[]): readonly string[] {
  return words[0] === '--context' && words.length > 2 ? words.slice(2) : words;
}

async function fitting(program: Command, all: readonly string[], known: Known): Promise<Completions> {
  const words = withoutProgramOptions(all);
  if (words[0] === '--context' && words.length === 2) return { items: known.contexts(), files: false };
  if (words.length < 2) {
    const commands = program.createHelp().visibleCommands(program);
    return { items: commands.map(candidateOf), files: false };
  }
  const command = program.commands.find((one) => one.name() === words[0]);
  return command === undefined ? NOTHING : ofCommand(command, words.slice(1, -1), words.at(-1) ?? '', known);
}

const candidateOf = (command: Command): Candidate => ({
  value: command.name(),
  description: command.description(),
});

async function ofCommand(
  command: Command,
  before: readonly string[],
  current: string,
  known: Known,
): Promise<Completions> {
  const { option, positional } = read(command, before);
  if (option !== undefined) return ofOption(option, runAmong(command, positional), known);
  if (current.startsWith('-')) return { items: command.options.flatMap(spellings), files: false };
  const argument = command.registeredArguments[positional.length] ?? command.registeredArguments.at(-1);
  if (argument === undefined) return NOTHING;
  if (argument.argChoices !== undefined) return choices(argument.argChoices);
  return ofName(argument.name(), runAmong(command, positional), known);
}

/** What of a command's words is no option and no value of one. */
export function positionalsOf(command: Command, words: readonly string[]): readonly string[] {
  return read(command, words).positional;
}

/** The words in front: which option still wants its value, and what is no option. */
function read(command: Command, before: readonly string[]) {
  const positional: string[] = [];
  let option: Option | undefined;
  for (const word of before) {
    if (option !== undefined) option = undefined;
    else if (word.startsWith('-')) option = wantsValue(command, word);
    else positional.push(word);
  }
  return { option, positional };
}

function wantsValue(command: Command, word: string): Option | undefined {
  const option = command.options.find(({ short, long }) => word === short || word === long);
  return option?.required === true || option?.optional === true ? option : undefined;
}

function ofOption(
  option: Option,
  runId: string | undefined,
  known: Known,
): Promise<Completions> | Completions {
  if (option.argChoices !== undefined) return choices(option.argChoices);
  return ofName(/<([^>.]+)/.exec(option.flags)?.[1] ?? option.attributeName(), runId, known);
}

/** What stands where the command wants a run: in most in front. */
function runAmong(command: Command, positional: readonly string[]): string | undefined {
  const at = command.registeredArguments.findIndex((argument) => argument.name() === 'run');
  return positional[Math.max(0, at)];
}

/** By the name that the help gives the argument. */
async function ofName(name: string, runId: string | undefined, known: Known): Promise<Completions> {
  if (name === 'context') return { items: known.contexts(), files: false };
  if (name === 'run') return { items: await known.runs(), files: false };
  if (name === 'name' || name === 'from' || name === 'to')
    return { items: await known.workflows(), files: true };
  if (name === 'file-or-name') return { items: await known.workflows(), files: true };
  if (name === 'file' || name === 'folder') return { items: [], files: true };
  const isStep = name === 'step' || name === 'key' || name === 'step-or-agent';
  return isStep && runId !== undefined ? { items: await known.steps(runId), files: false } : NOTHING;
}

const choices = (values: readonly string[]): Completions => ({
  items: values.map((value) => ({ value, description: '' })),
  files: false,
});

function spellings({ long, short, description }: Option): Candidate[] {
  return [long ?? short ?? ''].map((value) => ({ value, description }));
}
