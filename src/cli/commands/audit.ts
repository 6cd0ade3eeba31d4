/** `baton audit`: who changed what, or wanted to. */
import type { Command } from 'commander';
import type { Page } from '../api-types.ts';
import { note, print, table, withFormat, type FormatOption } from '../output.ts';
import { apiClient } from '../target.ts';

interface AuditJson {
  readonly at: string;
  readonly actor: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly run_id: string | null;
  readonly workflow: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
}

interface AuditOptions extends FormatOption {
  readonly [filter: string]: string | undefined;
}

const FILTERS = ['run', 'workflow', 'actor', 'action', 'outcome', 'since', 'until', 'limit', 'cursor'];

export function addAudit(program: Command): void {
  withFormat(program.command('audit'))
    .description('who changed what, or wanted to: requests and maintenance, the newest first')
    .option('--run <run>', 'about this run')
    .option('--workflow <name>', 'about this workflow')
    .option('--actor <name>', 'by whoever calls himself so')
    .option('--action <action>', 'such as start, pause, publish, prune')
    .option('--outcome <outcome>', 'accepted, the code of a refusal, begun; refused: every refusal')
    .option('--since <time>', 'from then on, such as 2026-11-20T08:00:00Z')
    .option('--until <time>', 'before')
    .option('--limit <n>', 'most of them', '50')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action(async (options: AuditOptions) => {
      const given = FILTERS.flatMap((name) => {
        const value = options[name];
        return value === undefined ? [] : [[name, value] as [string, string]];
      });
      const query = new URLSearchParams(given);
      const page = await apiClient().json<Page<AuditJson>>(`/audit?${query.toString()}`);
      print(options.output, page, () => auditTable(page.items));
      if (options.output === 'text' && page.next_cursor !== null) note(`more: --cursor ${page.next_cursor}`);
    });
}

function auditTable(records: readonly AuditJson[]): string {
  const rows = records.map(({ at, actor, action, outcome, run_id: run, workflow, address, request_id }) => [
    at.replace('T', ' ').slice(0, 19),
    actor ?? '-',
    action,
    run ?? workflow ?? '',
    outcome,
    address ?? '',
    request_id ?? '',
  ]);
  return table(['AT (UTC)', 'WHO', 'ACTION', 'WHAT', 'OUTCOME', 'FROM', 'REQUEST'], rows);
}
