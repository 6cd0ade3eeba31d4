/** What agents did: `calls` (each model call with its figures) and `transcript` (what was said to the model). */
import type { Command } from 'commander';
import type { ApiClient } from '../../client/api-client.ts';
import type { ToldRun } from '../../client/told-run.ts';
import type { CallPage, ModelCall } from '../../../contract/call.ts';
import type { Step } from '../../../contract/step.ts';
import { callsText } from '../../shown/call-table.ts';
import { CliError, EXIT } from '../../exit.ts';
import { runIn } from '../../client/find-run.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { apiClient } from '../../client/target.ts';
import { widthFor } from '../../terminal/text-width.ts';
import { transcriptText, type Entry } from '../../shown/transcript-text.ts';
import { allItems } from '../../following/watch-run.ts';
import { withValue } from '../../shown/whole-value.ts';

export function addCalls(program: Command): void {
  withFormat(program.command('calls'))
    .description('the model calls of a run: tokens, cost and time, failed and lost ones too')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--step <key>', 'only of this step')
    .action(async (run: string, options: FormatOption & { step?: string }) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const filter = options.step === undefined ? '' : `?step=${encodeURIComponent(options.step)}`;
      const path = `/runs/${encodeURIComponent(runId)}/calls${filter}`;
      const { totals } = await client.json<CallPage>(path);
      const items = await allItems<ModelCall>(client, path);
      print(options.output, { items, totals }, () =>
        callsText(items, totals, { width: widthFor(process.stdout) }),
      );
    });
}

export function addTranscript(program: Command): void {
  withFormat(program.command('transcript'))
    .description('everything that was said between an agent and its model')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<step>', 'key of the step')
    .option(
      '--full',
      'long texts and all that tools answered whole, and the turns too that a summary stands for',
    )
    .action(async (run: string, step: string, options: FormatOption & { full?: boolean }) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const session = await sessionOf(client, runId, step);
      const full = options.full === true ? '?full=1' : '';
      const path = `/sessions/${encodeURIComponent(session)}/messages${full}`;
      const listed = await allItems<Entry>(client, path);
      const entries = options.full === true ? await wholeEntries(client, listed) : listed;
      print(options.output, entries, () => transcriptText(entries));
    });
}

/** With what tools answered that was too large for a page. */
async function wholeEntries(client: ApiClient, entries: readonly Entry[]): Promise<Entry[]> {
  const whole: Entry[] = [];
  for (const { content, ...entry } of entries) {
    const results: (typeof content.results & {})[number][] = [];
    for (const one of content.results ?? [])
      results.push({ ...one, output: await withValue(client, one.output) });
    whole.push({ ...entry, content: results.length === 0 ? content : { ...content, results } });
  }
  return whole;
}

/** @throws CliError where there is no such step, or it has not spoken yet */
async function sessionOf(client: ApiClient, runId: string, key: string): Promise<string> {
  const path = `/runs/${encodeURIComponent(runId)}`;
  const { archived_at, discarded_at } = await client.json<ToldRun>(path);
  const steps = await allItems<Step>(client, `${path}/steps`);
  const found = steps.find((step) => step.key === key);
  if (typeof found?.session_id === 'string') return found.session_id;
  const reason =
    typeof discarded_at === 'string'
      ? 'what was stored of the run was discarded, as the retention of its definition says'
      : archived_at !== null
        ? 'the run is archived: `baton maintain --import FILE` brings it back'
        : found === undefined
          ? `the run has no step "${key}"; it has ${steps.map((step) => step.key).join(', ')}`
          : `step "${key}" has no transcript (${found.kind}, ${found.status})`;
  throw new CliError(EXIT.usage, reason, { code: 'session_not_found' });
}
