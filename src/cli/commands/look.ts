/** Looking at runs: `list`, `status`, `watch`, `output`. */
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.ts';
import { isClosed, type Page, type RunJson } from '../api-types.ts';
import type { MessageJson } from '../message-json.ts';
import { note, print, table, valueText, withFormat, type FormatOption } from '../output.ts';
import { outputOf } from '../run-output.ts';
import { renderTree, type Snapshot } from '../run-tree.ts';
import { formatDuration, paintFor } from '../style.ts';
import { apiClient } from '../target.ts';
import { lookAt, screenFor, watchRun } from '../watch-run.ts';
import { watchStream } from '../watch-stream.ts';
import { collect, finish, finishApart } from './run.ts';

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
    `${run.is_paused ? 'paused' : run.status}${run.temporal_pause == null ? '' : ' (paused in Temporal)'}`,
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
      const client = apiClient();
      const snapshot = await lookAt(client, runId);
      const waiting = isClosed(snapshot.run) ? 0 : await countWaiting(client, runId);
      const { run, steps } = snapshot;
      print(options.output, { ...run, steps, waiting_messages: waiting }, () =>
        statusText(snapshot, waiting),
      );
    });
}

/** Messages that no agent has read; many are counted as a page of them. */
async function countWaiting(client: ApiClient, runId: string): Promise<number> {
  const path = `/runs/${encodeURIComponent(runId)}/messages?action_status=pending&limit=1000`;
  return (await client.json<Page<MessageJson>>(path)).items.length;
}

function waitingText(run: RunJson, waiting: number): string {
  const messages = waiting === 1 ? '1 message waits' : `${waiting} messages wait`;
  return `  ✉ ${messages} to be read: baton thread ${run.id} --status pending`;
}

/** The last lines of what a command wrote, but for what its message says already. */
function tailLines(tail = '', message = ''): readonly string[] {
  const lines = tail.trimEnd().split('\n');
  const told = lines.length === 1 && message.endsWith(lines[0]?.trim() ?? '');
  return told ? [] : lines.slice(-TAIL_LINES).map((line) => `  | ${line.slice(0, TAIL_CHARS)}`);
}

const TAIL_LINES = 3;
const TAIL_CHARS = 200;

function statusText(snapshot: Snapshot, waiting: number): string {
  const { run, steps } = snapshot;
  const tree = renderTree(snapshot, Date.now(), paintFor(process.stdout));
  const messages = waiting === 0 ? [] : [waitingText(run, waiting)];
  const failures = steps.flatMap((step) =>
    step.attempts
      // What was stopped with its run says so beside its step.
      .filter(({ error }) => error !== null && error.type !== 'cancelled')
      .flatMap(({ attempt, error }) => [
        `${step.key}#${attempt}: ${error?.type}: ${error?.message}`,
        ...tailLines(error?.stderr_tail, error?.message),
        ...tailLines(error?.stdout_tail, error?.message),
      ]),
  );
  const attempts =
    failures.length === 0 ? [] : ['', 'failed attempts:', ...failures.map((line) => `  ${line}`)];
  const isRedirected = run.lineage?.redirected_to !== undefined;
  const error =
    run.error === null || isRedirected ? [] : ['', `error: ${run.error.message} [${run.error.type}]`];
  const archived =
    run.archived_at === null
      ? []
      : [
          '',
          'its steps, events and messages are in an archive: baton maintain --import FILE brings them back',
        ];
  return [tree, ...messages, ...attempts, ...error, ...archived].join('\n');
}

interface WatchOptions extends FormatOption {
  readonly stream?: boolean;
}

export function addWatch(program: Command): void {
  withFormat(program.command('watch'))
    .description('follow a run to its end; exit code 1 unless it completed')
    .argument('<run>', 'run id')
    .option('--stream', 'print what its agents say, while they say it (-o json: each piece a line)')
    .action(async (runId: string, options: WatchOptions) => {
      const client = apiClient();
      if (options.stream === true) finishApart(await watchStream(client, runId, options.output), options);
      else await finish(client, await watchRun(client, runId, screenFor(process.stderr)), options);
    });
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
