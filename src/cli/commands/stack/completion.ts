/** `baton completion SHELL` prints the script that teaches a shell to complete, and what that script is answered. */
import type { Command } from 'commander';
import { Argument } from 'commander';
import type { ToldRun } from '../../client/told-run.ts';
import type { Page } from '../../../contract/shared/common.ts';
import type { Step } from '../../../contract/step.ts';
import {
  completionsOf,
  withoutProgramOptions,
  type Candidate,
  type Known,
} from '../../completion/complete-words.ts';
import { FILES_FIT, NO_FILES, printScript, SHELLS } from '../../completion/completion-script.ts';
import { readContexts } from '../../contexts/context-file.ts';
import { nameContext } from '../../contexts/named-context.ts';
import { writeTo } from '../../terminal/output.ts';
import { apiClient } from '../../client/target.ts';

/** Whoever presses Tab does not wait longer. */
const PATIENCE_MS = 1_000;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print the script that makes a shell complete commands, options and ids')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .action(printScript);
}

/** Answers a shell. @param programWith a program with at least the command of that name; with all, for none */
export async function answerShell(
  programWith: (name?: string) => Promise<Command>,
  words: readonly string[],
): Promise<void> {
  const own = withoutProgramOptions(words);
  if (own !== words) nameContext(words[1]);
  const program = await programWith(own.length < 2 ? undefined : own[0]);
  const { items, files } = await completionsOf(program, words, known());
  const lines = items.map(({ value, description }) => `${value}\t${description.split('\n')[0] ?? ''}`);
  writeTo(process.stdout, `${[...lines, `:${files ? FILES_FIT : NO_FILES}`].join('\n')}\n`);
}

function known(): Known {
  // Without a word on what is wrong: somebody is typing.
  const list = async <T>(path: string, candidate: (item: T) => Candidate) => {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      return (await apiClient().json<Page<T>>(path, { signal })).items.map(candidate);
    } catch {
      return [];
    }
  };
  return {
    runs: () =>
      list<ToldRun>('/runs?limit=50', ({ id, workflow, status }) => ({
        value: id,
        description: `${workflow}, ${status}`,
      })),
    workflows: () =>
      list<{ name: string; title: string | null }>('/workflows?limit=200', ({ name, title }) => ({
        value: name,
        description: title ?? '',
      })),
    steps: (runId) =>
      list<Step>(`/runs/${encodeURIComponent(runId)}/steps`, ({ key, kind, status }) => ({
        value: key,
        description: `${kind}, ${status}`,
      })),
    contexts: () => knownContexts(),
  };
}

function knownContexts(): readonly Candidate[] {
  try {
    return Object.entries(readContexts().contexts).map(([value, { url }]) => ({ value, description: url }));
  } catch {
    return [];
  }
}
