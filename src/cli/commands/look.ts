/** Looking at runs: `list`, `status`, `watch`, `events`, `output`. */
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.ts';
import type { EventJson, Page, RunJson } from '../api-types.ts';
import { followEvents } from '../event-stream.ts';
import { note, print, table, valueText, withFormat, type FormatOption } from '../output.ts';
import { outputOf } from '../run-output.ts';
import { renderTree, type Snapshot } from '../run-tree.ts';
import { formatDuration, paintFor } from '../style.ts';
import { apiClient } from '../target.ts';
import { lookAt, screenFor, watchRun } from '../watch-run.ts';
import { collect, finish } from './run.ts';

interface ListOptions extends FormatOption {
  readonly status?: string;
  readonly workflow?: string;
  readonly label: readonly string[];
  readonly since?: string;
  readonly limit: string;
  readonly cursor?: string;
}

export function addList(program: Command): void {
  withFormat(program.command('list'))
    .description('list runs, the newest first')
    .option(
      '--status <list>',
      'comma list: pending,running,paused,completed,failed,cancelled,terminated,timed_out',
    )
    .option('--workflow <name>')
    .option('--label <key=value>', 'may be repeated, all must fit', collect, [])
    .option('--since <time>', 'created after, such as 2026-11-20T08:00:00Z')
    .option('--limit <n>', 'most of them', '20')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action(async (options: ListOptions) => {
      const page = await apiClient().json<Page<RunJson>>(`/runs?${listQuery(options)}`);
      print(options.output, page, () => runTable(page.items));
      if (options.output === 'text' && page.next_cursor !== null) note(`more: --cursor ${page.next_cursor}`);
    });
}

function listQuery(options: ListOptions): string {
  const query = new URLSearchParams({ limit: options.limit });
  if (options.status !== undefined) query.set('status', options.status);
  if (options.workflow !== undefined) query.set('workflow', options.workflow);
  if (options.since !== undefined) query.set('created_after', options.since);
  if (options.cursor !== undefined) query.set('cursor', options.cursor);
  for (const label of options.label) query.append('label', label.replace('=', ':'));
  return query.toString();
}

/** Runs as a table. */
function runTable(runs: readonly RunJson[]): string {
  const rows = runs.map((run) => [
    run.id,
    run.version === null ? run.workflow : `${run.workflow}@${run.version}`,
    run.is_paused ? 'paused' : run.status,
    (run.created_at ?? '').replace('T', ' ').slice(0, 19),
    duration(run),
  ]);
  return table(['RUN', 'WORKFLOW', 'STATUS', 'CREATED (UTC)', 'TIME'], rows);
}

function duration(run: RunJson): string {
  if (run.started_at === null) return '';
  return formatDuration(
    Date.parse(run.completed_at ?? new Date().toISOString()) - Date.parse(run.started_at),
  );
}

export function addStatus(program: Command): void {
  withFormat(program.command('status'))
    .description('a run with its steps, their attempts and what they wait for')
    .argument('<run>', 'run id')
    .action(async (runId: string, options: FormatOption) => {
      const snapshot = await lookAt(apiClient(), runId);
      print(options.output, { ...snapshot.run, steps: snapshot.steps }, () => statusText(snapshot));
    });
}

function statusText(snapshot: Snapshot): string {
  const { run, steps } = snapshot;
  const tree = renderTree(snapshot, Date.now(), paintFor(process.stdout));
  const failures = steps.flatMap((step) =>
    step.attempts
      .filter((attempt) => attempt.error !== null)
      .map((attempt) => `${step.key}#${attempt.attempt}: ${attempt.error?.type}: ${attempt.error?.message}`),
  );
  const attempts =
    failures.length === 0 ? [] : ['', 'failed attempts:', ...failures.map((line) => `  ${line}`)];
  const error = run.error === null ? [] : ['', `error: ${run.error.message} [${run.error.type}]`];
  return [tree, ...attempts, ...error].join('\n');
}

export function addWatch(program: Command): void {
  withFormat(program.command('watch'))
    .description('follow a run to its end; exit code 1 unless it completed')
    .argument('<run>', 'run id')
    .action(async (runId: string, options: FormatOption) => {
      const client = apiClient();
      await finish(client, await watchRun(client, runId, screenFor(process.stderr)), options);
    });
}

export function addEvents(program: Command): void {
  withFormat(program.command('events'))
    .description('what happened in a run, one event a line')
    .argument('<run>', 'run id')
    .option('-f, --follow', 'stay and print events as they come, until the run has ended')
    .action(async (runId: string, options: FormatOption & { follow?: boolean }) => {
      const client = apiClient();
      const show = (event: ListedEvent) => process.stdout.write(`${eventLine(event, options.output)}\n`);
      if (options.follow !== true) (await allEvents(client, runId)).forEach(show);
      else for await (const event of followEvents(client, runId, { signal: NEVER })) show(event);
    });
}

/** Until the run has ended, or Ctrl-C. */
const NEVER = new AbortController().signal;

type ListedEvent = Partial<EventJson> & { readonly at?: string; readonly step?: string | null };

async function allEvents(client: ApiClient, runId: string): Promise<ListedEvent[]> {
  const path = `/runs/${encodeURIComponent(runId)}/events`;
  const events: ListedEvent[] = [];
  for (let after = '0'; ;) {
    const page = await client.json<Page<ListedEvent>>(`${path}?limit=1000&after=${after}`);
    events.push(...page.items);
    if (page.next_cursor === null || page.items.length === 0) return events;
    after = String(page.next_cursor);
  }
}

/** JSON Lines, or `time  type  step  data`. */
function eventLine(event: ListedEvent, format: FormatOption['output']): string {
  if (format === 'json') return JSON.stringify(event);
  const data = JSON.stringify(event.data ?? null);
  const shown = data.length > 160 ? `${data.slice(0, 157)}…` : data;
  return `${String(event.seq).padStart(5)}  ${event.ts ?? event.at ?? ''}  ${event.type}  ${event.step ?? ''}  ${shown}`;
}

export function addOutput(program: Command): void {
  withFormat(program.command('output'))
    .description('the result of a run, or of one of its steps, whole')
    .argument('<run>', 'run id')
    .argument('[step]', 'key of a step')
    .action(async (runId: string, step: string | undefined, options: FormatOption) => {
      const value = await outputOf(apiClient(), runId, step);
      print(options.output, value, () => valueText(value));
    });
}
