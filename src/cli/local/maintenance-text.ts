/** What `baton maintain` did, or would do, for people. */
import type {
  Archived,
  AuditPruned,
  Growth,
  Imported,
  Pruned,
  Reindexed,
  Retained,
} from '../../maintenance/index.ts';
import { table } from '../terminal/output.ts';
import { dateText } from '../terminal/local-time.ts';
import { counted, formatAge, formatBytes } from '../terminal/style.ts';
import type { Tidied } from './tidy-workspaces.ts';

/** What was done, by task; a task that was not asked for is not there. */
export interface Maintained {
  readonly dry_run: boolean;
  readonly imported?: readonly (Imported & { readonly file: string })[];
  readonly archived?: Archived;
  readonly retained?: Retained;
  readonly pruned?: Pruned;
  readonly audit?: AuditPruned;
  readonly workspaces?: Tidied;
  readonly reindexed?: Reindexed;
  readonly growth?: Growth;
}

export function maintenanceText(done: Maintained): string {
  const would = done.dry_run ? 'would be ' : '';
  return [
    ...(done.imported ?? []).flatMap((file) => importText(file, would)),
    ...(done.archived === undefined ? [] : archiveText(done.archived, would)),
    ...(done.retained === undefined ? [] : retentionText(done.retained, would)),
    ...(done.pruned === undefined ? [] : [pruneText(done.pruned, would)]),
    ...(done.audit === undefined
      ? []
      : [`${counted(done.audit.entries, 'entry', 'entries')} of the audit log ${would}removed`]),
    ...(done.workspaces === undefined
      ? []
      : [
          `${counted(done.workspaces.runs.length, 'workspace')} ${would}removed, ${done.workspaces.kept} kept`,
        ]),
    ...(done.reindexed === undefined
      ? []
      : [`indexes of ${done.reindexed.tables.length} tables ${would}built anew`]),
    ...(done.growth === undefined ? [] : [growthText(done.growth)]),
  ].join('\n');
}

type Part<K extends keyof Maintained> = NonNullable<Maintained[K]>;

function importText(file: Part<'imported'>[number], would: string): string[] {
  return [
    `${file.file}: ${counted(file.runs.length, 'run')} ${would}brought back, ${file.present.length} here already`,
    ...file.conflicts.map(({ run, reason }) => `  ${run}: left as it is: ${reason}`),
  ];
}

function archiveText({ runs, files, moved }: Part<'archived'>, would: string): string[] {
  return [
    `${counted(runs.length, 'run')} ${would}archived${would === '' ? ` into ${counted(files.length, 'file')}` : ''}`,
    ...moved.map((run) => `  ${run}: moved meanwhile, so it stays; try again`),
  ];
}

const MOST_TOLD = 20;

/** Of the runs that go no more than some are named: `-o json` has all. */
function retentionText({ runs, kept, moved, discarded }: Part<'retained'>, would: string): string[] {
  const what = discarded ? 'discarded' : 'archived';
  const more = runs.length - MOST_TOLD;
  return [
    `${counted(runs.length, 'run')} ${would}${what}: longer ended than the definition keeps them`,
    ...runs.slice(0, MOST_TOLD).map(({ run, workflow, version, ended_at, retention_ms }) => {
      const name = version === null ? workflow : `${workflow}@${version}`;
      return `  ${run} of ${name}: ended ${dateText(ended_at.toISOString())}, kept for ${formatAge(retention_ms)}`;
    }),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...kept.map(({ run, forks }) => `  ${run}: stays, for runs forked from it are here: ${forks.join(', ')}`),
    ...moved.map((run) => `  ${run}: moved meanwhile, so it stays; try again`),
  ];
}

function pruneText(pruned: Part<'pruned'>, would: string): string {
  const { blobs, bytes, sessions, idempotency_keys: keys } = pruned;
  return (
    `${counted(blobs, 'blob')} (${formatBytes(bytes)}), ${counted(sessions, 'session')} and ` +
    `${counted(keys, 'idempotency key')} ${would}removed`
  );
}

function growthText({ tables, bytes, runs, days }: Part<'growth'>): string {
  const sizes = tables.map((one) => [one.table, String(one.rows), formatBytes(one.bytes)]);
  const growth = days.map((day) => [day.day, String(day.runs), String(day.events), formatBytes(day.bytes)]);
  return [
    `${runs.open} open, ${runs.ended} ended and ${runs.archived} archived runs; ${formatBytes(bytes)} in all`,
    table(['TABLE', 'ROWS', 'SIZE'], sizes),
    '',
    table(['DAY (UTC)', 'RUNS', 'EVENTS', 'SIZE OF EVENTS'], growth),
  ].join('\n');
}
