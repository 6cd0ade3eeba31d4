/** `baton edit` and `baton edits`: another plan for an open run, and the plans that it has had. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { EditAnswer, RunDefinition, RunRevision } from '../../../contract/edit.ts';
import type { ApiClient } from '../../client/api-client.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { CliError, EXIT } from '../../exit.ts';
import { hasPerson } from '../../input/ask-person.ts';
import { editText } from '../../input/edit-text.ts';
import { readText } from '../../input/inputs.ts';
import { textArgument, wholeNumber } from '../../input/text-argument.ts';
import { editLines, revisionTable } from '../../shown/edit-lines.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { paintFor } from '../../terminal/style.ts';

interface EditOptions extends FormatOption {
  readonly file?: string;
  readonly revertTo?: string;
  readonly rerun?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly reason?: string;
  readonly id?: string;
  readonly by?: string;
}

export function addEdit(program: Command): void {
  withFormat(program.command('edit'))
    .description(
      'change the plan of an open run: steps that have not begun come, go and change; or run steps anew',
    )
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--file <file>', 'the whole definition anew (-: stdin); default: the present one in $EDITOR')
    .option('--revert-to <revision>', 'the plan as it was at that revision')
    .option(
      '--rerun <steps>',
      'steps that have begun and run anew, with all that depends on them (STEP[,STEP])',
    )
    .option('--dry-run', 'only say what would happen')
    .option('--yes', 'do not ask')
    .option('--reason <text>', 'why, for the thread (@file, -)')
    .option('--id <id>', 'an id of your own: sent again under it, the edit counts once')
    .option('--by <name>', 'who says so (default: you)')
    .action(async (words: string, options: EditOptions) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const wanted = { ...(await wantedEdit(client, runId, options)), ...rerunOf(options) };
      const preview = await post(client, runId, { ...wanted, dry_run: true });
      if (options.dryRun === true) return show(options, preview);
      if (preview.faults.length === 0 && options.yes !== true) await confirm(preview);
      const { by = who(), reason, id } = options;
      const said = reason === undefined ? {} : { reason: textArgument(reason, 'the reason') };
      const body = { ...wanted, ...said, by, ...(id === undefined ? {} : { id }) };
      show(options, await post(client, runId, { expected_revision: preview.revision, ...body }));
    });
}

export function addEdits(program: Command): void {
  withFormat(program.command('edits'))
    .description('the plans that a run has had: what each edit changed, who made it and why')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .action(async (words: string, { output }: FormatOption) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const { items } = await client.json<{ readonly items: readonly RunRevision[] }>(
        `${pathOf(runId)}/edits?limit=500`,
      );
      print(output, items, () => revisionTable(items));
    });
}

const pathOf = (runId: string): string => `/runs/${encodeURIComponent(runId)}`;

function rerunOf({ rerun }: EditOptions): object {
  if (rerun === undefined) return {};
  const steps = rerun.split(',').map((key) => key.trim());
  if (steps.every((key) => key !== '')) return { rerun: steps };
  throw new CliError(EXIT.usage, '--rerun names steps by their keys, such as --rerun build,test', {
    code: 'usage',
  });
}

/** What is asked for, with the revision that it was made of where it was made of one. */
async function wantedEdit(
  client: ApiClient,
  runId: string,
  { file, revertTo, rerun }: EditOptions,
): Promise<object> {
  if (file !== undefined && revertTo !== undefined) {
    throw new CliError(EXIT.usage, '--file and --revert-to exclude each other', { code: 'usage' });
  }
  if (revertTo !== undefined) return { revert_to: wholeNumber(revertTo, '--revert-to', 0) };
  if (file !== undefined) return { definition: readText(file) };
  // Nothing of the plan is to change.
  if (rerun !== undefined) return {};
  const { source, format, revision } = await client.json<RunDefinition>(`${pathOf(runId)}/definition`);
  const edited = editText(source, `definition.${format === 'json' ? 'json' : 'yaml'}`);
  if (edited === source) throw new CliError(EXIT.failed, 'nothing was changed', { code: 'nothing_changed' });
  return { definition: edited, expected_revision: revision };
}

function post(client: ApiClient, runId: string, body: object): Promise<EditAnswer> {
  return client.json<EditAnswer>(`${pathOf(runId)}/edits`, { method: 'POST', body });
}

function show({ output }: EditOptions, answer: EditAnswer): void {
  print(output, answer, () => editLines(answer, paintFor(process.stdout)).join('\n'));
}

/** @throws CliError unless somebody says yes */
async function confirm(preview: EditAnswer): Promise<void> {
  if (!hasPerson()) {
    throw new CliError(EXIT.usage, 'nobody is here to say yes; look with --dry-run, then give --yes', {
      code: 'not_confirmed',
    });
  }
  note(editLines(preview, paintFor(process.stderr)).join('\n'));
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Take it? [y/N] ');
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new CliError(EXIT.failed, 'nothing was changed', { code: 'not_confirmed' });
  }
}
