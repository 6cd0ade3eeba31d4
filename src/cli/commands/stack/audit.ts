/** `baton audit`: who changed what, or wanted to. */
import type { AuditRecord } from '../../../contract/audit.ts';
import type { Command } from 'commander';
import type { ApiClient } from '../../client/api-client.ts';
import type { Page } from '../../../contract/shared/common.ts';
import { CliError } from '../../exit.ts';
import { runIn } from '../../client/find-run.ts';
import { dateTimeText, zoneName } from '../../terminal/local-time.ts';
import { note, print, table, withFormat, type FormatOption } from '../../terminal/output.ts';
import { timeArgument } from '../../input/since.ts';
import { apiClient } from '../../client/target.ts';

interface AuditOptions extends FormatOption {
  readonly [filter: string]: string | undefined;
}

const FILTERS = ['run', 'workflow', 'actor', 'action', 'outcome', 'since', 'until', 'limit', 'cursor'];

export function addAudit(program: Command): void {
  withFormat(program.command('audit'))
    .description('who changed what, or wanted to: requests and maintenance, the newest first')
    .option('--run <run>', 'about this run: its id, the beginning of one, or @latest')
    .option('--workflow <name>', 'about this workflow')
    .option('--actor <name>', 'by whoever calls himself so')
    .option('--action <action>', 'such as start, pause, publish, prune')
    .option('--outcome <outcome>', 'accepted, the code of a refusal, begun; refused: every refusal')
    .option('--since <time>', 'from then on: 1h, yesterday, monday, 14:30, 2026-11-01, 2026-11-20T08:00:00Z')
    .option('--until <time>', 'before; written like --since')
    .option('--limit <n>', 'most of them', '50')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action(async (options: AuditOptions) => {
      const client = apiClient();
      const { run, since, until, ...rest } = options;
      const told = {
        ...rest,
        run: run === undefined ? undefined : await runOrWords(client, run),
        since: since === undefined ? undefined : timeArgument(since, '--since'),
        until: until === undefined ? undefined : timeArgument(until, '--until'),
      };
      const given = Object.entries<string | undefined>(told).filter(
        (entry): entry is [string, string] => FILTERS.includes(entry[0]) && entry[1] !== undefined,
      );
      const query = new URLSearchParams(given);
      const page = await client.json<Page<AuditRecord>>(`/audit?${query.toString()}`);
      print(options.output, page, () => auditTable(page.items));
      if (options.output === 'text' && page.next_cursor !== null) note(`more: --cursor ${page.next_cursor}`);
    });
}

/** The record also has what was wanted of runs that never were. */
async function runOrWords(client: ApiClient, words: string): Promise<string> {
  try {
    return await runIn(client, words);
  } catch (error) {
    if (error instanceof CliError && error.problem['code'] === 'run_not_found') return words;
    throw error;
  }
}

function auditTable(records: readonly AuditRecord[]): string {
  const rows = records.map(({ at, actor, action, outcome, run_id: run, workflow, address, request_id }) => [
    dateTimeText(at),
    actor ?? '-',
    action,
    run ?? workflow ?? '',
    outcome,
    address ?? '',
    request_id ?? '',
  ]);
  return table([`AT (${zoneName()})`, 'WHO', 'ACTION', 'WHAT', 'OUTCOME', 'FROM', 'REQUEST'], rows);
}
