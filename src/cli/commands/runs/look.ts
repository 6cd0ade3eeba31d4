/** Looking at runs: `list`, `status`, `watch`, `output`. */
import type { Command } from 'commander';
import type { ApiClient } from '../../client/api-client.ts';
import type { ToldRun } from '../../client/told-run.ts';
import type { Page } from '../../../contract/shared/common.ts';
import type { RunMessage } from '../../../contract/message.ts';
import { hasEnded } from '../../../protocol/status.ts';
import { CliError, EXIT } from '../../exit.ts';
import { runIn } from '../../client/find-run.ts';
import { note, print, valueText, withFormat, type FormatOption } from '../../terminal/output.ts';
import { runList } from '../../shown/run-list.ts';
import { outputOf } from '../../shown/run-output.ts';
import { timeArgument } from '../../input/since.ts';
import { statusText } from '../../shown/status-text.ts';
import { paintFor } from '../../terminal/style.ts';
import { apiClient, temporalUrl } from '../../client/target.ts';
import { wholeNumber } from '../../input/text-argument.ts';
import { widthFor } from '../../terminal/text-width.ts';
import { lookAt, screenFor, watchRun } from '../../following/watch-run.ts';
import { watchStream } from '../../following/watch-stream.ts';
import { collect, finish, finishApart } from './run.ts';

interface ListOptions extends FormatOption {
  readonly status?: string;
  readonly waiting?: string | true;
  readonly workflow?: string;
  readonly label: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
  readonly cursor?: string;
}

export function addList(program: Command): void {
  withFormat(program.command('list'))
    .description('list runs, the newest first: how each stands, and who waits for whom')
    .option(
      '--status <list>',
      'comma list: pending,running,paused,completed,failed,cancelled,terminated,timed_out; open; ended',
    )
    .option(
      '--waiting [list]',
      'only runs that wait; comma list: question,limit,pause,temporal_pause,retry,worker,hang,held; me: question and limit (default: all)',
    )
    .option('--workflow <name>', 'only runs of this workflow')
    .option('--label <key=value>', 'may be repeated, all must fit', collect, [])
    .option('--since <time>', 'created since: 1h, yesterday, monday, 14:30, 2026-11-01, 2026-11-20T08:00:00Z')
    .option('--until <time>', 'created before; written like --since')
    .option('--limit <n>', 'most of them, up to 200', '20')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action(async (options: ListOptions) => {
      const page = await apiClient().json<Page<ToldRun>>(`/runs?${listQuery(options)}`);
      const { stdout } = process;
      print(options.output, page, () =>
        runList(page.items, { now: Date.now(), paint: paintFor(stdout), width: widthFor(stdout) }),
      );
      if (options.output === 'text' && page.next_cursor !== null) note(`more: --cursor ${page.next_cursor}`);
    });
}

const OPEN = ['pending', 'running', 'paused'];
const ENDED = ['completed', 'failed', 'cancelled', 'terminated', 'timed_out'];
const WAITS = ['question', 'limit', 'pause', 'temporal_pause', 'retry', 'worker', 'hang', 'held'];

/** Words that stand for several. */
const STATUSES = { open: OPEN, ended: ENDED, closed: ENDED } as const;
const WAITING = { me: ['question', 'limit'], any: WAITS } as const;

function listQuery(options: ListOptions): string {
  const { status, waiting, workflow, since, until, limit, cursor } = options;
  const query = new URLSearchParams({ limit: String(wholeNumber(limit, '--limit', 1, 200)) });
  if (status !== undefined) query.set('status', choices(status, '--status', [...OPEN, ...ENDED], STATUSES));
  if (waiting !== undefined)
    query.set('waiting', choices(waiting === true ? 'any' : waiting, '--waiting', WAITS, WAITING));
  if (workflow !== undefined) query.set('workflow', workflow);
  if (since !== undefined) query.set('created_after', timeArgument(since, '--since'));
  if (until !== undefined) query.set('created_before', timeArgument(until, '--until'));
  if (cursor !== undefined) query.set('cursor', cursor);
  for (const label of options.label) {
    if (label.indexOf('=') < 1) {
      throw new CliError(EXIT.usage, `--label ${label}: write --label key=value`, { code: 'option_unclear' });
    }
    query.append('label', label.replace('=', ':'));
  }
  return query.toString();
}

/** A comma list of known words, each word for several replaced by these. */
function choices(
  list: string,
  option: string,
  known: readonly string[],
  several: Readonly<Record<string, readonly string[]>>,
): string {
  const words = list.split(',').map((word) => word.trim().toLowerCase().replaceAll('-', '_'));
  const all = words.flatMap((word) => several[word] ?? [word]);
  const unknown = all.filter((word) => !known.includes(word));
  if (unknown.length === 0) return [...new Set(all)].join(',');
  const ways = [...known, ...Object.keys(several)].join(', ');
  throw new CliError(EXIT.usage, `${option} ${unknown.join(',')}: must be one of ${ways}`, {
    code: 'option_unclear',
  });
}

export function addStatus(program: Command): void {
  withFormat(program.command('status'))
    .description('a run with its times, inputs, steps, their attempts and what it waits for')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .action(async (run: string, options: FormatOption) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const snapshot = await lookAt(client, runId);
      const unread = hasEnded(snapshot.run) ? 0 : await countWaiting(client, runId);
      const { stdout } = process;
      print(options.output, { ...snapshot.run, steps: snapshot.steps, waiting_messages: unread }, () =>
        statusText(snapshot, {
          now: Date.now(),
          paint: paintFor(stdout),
          width: widthFor(stdout),
          unread,
          temporalUrl: temporalUrl(snapshot.run),
        }),
      );
    });
}

/** Messages that no agent has read; many are counted as a page of them. */
async function countWaiting(client: ApiClient, runId: string): Promise<number> {
  const path = `/runs/${encodeURIComponent(runId)}/messages?action_status=pending&limit=1000`;
  return (await client.json<Page<RunMessage>>(path)).items.length;
}

interface WatchOptions extends FormatOption {
  readonly stream?: boolean;
}

export function addWatch(program: Command): void {
  withFormat(program.command('watch'))
    .description('follow a run to its end; exit code 1 unless it completed')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--stream', 'print what its agents say, while they say it (-o json: each piece a line)')
    .action(async (run: string, options: WatchOptions) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      if (options.stream === true) finishApart(await watchStream(client, runId, options.output), options);
      else await finish(client, await watchRun(client, runId, screenFor(process.stderr)), options);
    });
}

export function addOutput(program: Command): void {
  withFormat(program.command('output'))
    .description('the result of a run, or of one of its steps, whole')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('[step]', 'key of a step')
    .action(async (run: string, step: string | undefined, options: FormatOption) => {
      const client = apiClient();
      const value = await outputOf(client, await runIn(client, run), step);
      print(options.output, value, () => valueText(value));
    });
}
