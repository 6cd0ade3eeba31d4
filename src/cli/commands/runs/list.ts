/** Runs that are looked for: `list`. */
import type { Command } from 'commander';
import type { ToldRun } from '../../client/told-run.ts';
import type { RunCount } from '../../../contract/runs/filter.ts';
import type { Page } from '../../../contract/shared/common.ts';
import { FIELDS, FIELD_NAMES } from '../../../protocol/filter/fields.ts';
import { CliError, EXIT } from '../../exit.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { runList } from '../../shown/run-list.ts';
import { filterArgument } from '../../input/filter-argument.ts';
import { timeArgument } from '../../input/since.ts';
import { paintFor } from '../../terminal/style.ts';
import { apiClient } from '../../client/target.ts';
import { wholeNumber } from '../../input/text-argument.ts';
import { widthFor } from '../../terminal/text-width.ts';
import { collect } from './run.ts';

interface ListOptions extends FormatOption {
  readonly status?: string;
  readonly waiting?: string | true;
  readonly workflow?: string;
  readonly label: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly sort?: string;
  readonly count?: true;
  readonly limit: string;
  readonly cursor?: string;
}

export function addList(program: Command): void {
  withFormat(program.command('list'))
    .description('list runs, the newest first: how each stands, and who waits for whom')
    .argument('[filter...]', 'conditions that all have to hold, such as status:failed cost>1')
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
    .option('--sort <order>', 'created, updated, duration, cost or tokens; -cost: the greatest first')
    .option('--count', 'only say how many there are')
    .option('--limit <n>', 'most of them, up to 200', '20')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .addHelpText('after', filterHelp)
    .action(async (words: readonly string[], options: ListOptions) => {
      const filter = filterArgument(words);
      if (options.count === true) return printCount(filter, options);
      const page = await apiClient().json<Page<ToldRun>>(`/runs?${listQuery(filter, options)}`);
      const { stdout } = process;
      print(options.output, page, () =>
        runList(page.items, { now: Date.now(), paint: paintFor(stdout), width: widthFor(stdout) }),
      );
      if (options.output === 'text' && page.next_cursor !== null) note(`more: --cursor ${page.next_cursor}`);
    });
}

/** Every field with one way of writing it. */
function filterHelp(): string {
  const examples = FIELD_NAMES.map((name) => FIELDS[name].examples[0]);
  const width = Math.max(...examples.map(({ length }) => length));
  const lines = FIELD_NAMES.map(
    (name, at) => `  ${(examples[at] ?? '').padEnd(width)}  ${FIELDS[name].help}`,
  );
  return [
    '',
    'Filter (in quotes; a comma is "or", a minus before a word is "not"; other words are text):',
    ...lines,
  ].join('\n');
}

/** What only pages of the list can tell is said in the filter here. */
async function printCount(filter: string, options: ListOptions): Promise<void> {
  const others = ['status', 'waiting', 'workflow', 'since', 'until', 'cursor'] as const;
  const other =
    others.find((name) => options[name] !== undefined) ?? (options.label.length > 0 ? 'label' : undefined);
  if (other !== undefined) {
    throw new CliError(EXIT.usage, `--count takes the filter alone: write --${other} as a word of it`, {
      code: 'option_unclear',
    });
  }
  const counted = await apiClient().json<RunCount>(`/runs/count?${filterQuery(filter).toString()}`);
  print(options.output, counted, () =>
    String(counted.count ?? 'too many to count in time: narrow the filter'),
  );
}

function filterQuery(filter: string): URLSearchParams {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return new URLSearchParams(filter === '' ? {} : { filter, zone: timeZone });
}

const OPEN = ['pending', 'running', 'paused'];
const ENDED = ['completed', 'failed', 'cancelled', 'terminated', 'timed_out'];
const WAITS = ['question', 'limit', 'pause', 'temporal_pause', 'retry', 'worker', 'node', 'hang', 'held'];

/** Words that stand for several. */
const STATUSES = { open: OPEN, ended: ENDED, closed: ENDED } as const;
const WAITING = { me: ['question', 'limit'], any: WAITS } as const;

function listQuery(filter: string, options: ListOptions): string {
  const { sort, status, waiting, workflow, since, until, limit, cursor } = options;
  const query = filterQuery(filter);
  query.set('limit', String(wholeNumber(limit, '--limit', 1, 200)));
  if (sort !== undefined) query.set('sort', sort);
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
