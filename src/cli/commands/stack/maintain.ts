/** `baton maintain`: keeps the database small and quick, while everything runs. Straight on Postgres, past the API. */
import type { Command } from 'commander';
import { audited, type AuditedWork } from '../../../database/audit.ts';
import type { Database } from '../../../database/database.ts';
import type { Imported } from '../../../maintenance/index.ts';
import { parseDuration } from '../../../plan/duration.ts';
import { CliError, EXIT } from '../../exit.ts';
import { maintenanceText, type Maintained } from '../../local/maintenance-text.ts';
import { onDatabase } from '../../local/on-database.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { cliConfig } from '../../client/target.ts';
import { tidyWorkspaces } from '../../local/tidy-workspaces.ts';
import { who } from '../../client/who.ts';

interface MaintainOptions extends FormatOption {
  readonly to?: string;
  readonly olderThan: string;
  readonly import?: readonly string[];
  readonly retention?: boolean;
  readonly prune?: boolean;
  readonly auditOlderThan?: string;
  readonly workspaces?: boolean;
  readonly grace: string;
  readonly reindex?: boolean;
  readonly report?: boolean;
  readonly dryRun?: boolean;
}

/** A younger thing may be about to be referred to. */
const LEAST_GRACE_MS = 3_600_000;
const REPORT_DAYS = 30;

export function addMaintain(program: Command): void {
  withFormat(program.command('maintain'))
    .description(
      'archive ended runs and bring them back, prune, reindex, report growth; safe while everything runs',
    )
    .option('--to <folder>', 'archive ended runs into files of this folder')
    .option('--older-than <duration>', 'with --to and --workspaces: runs that ended longer ago', '30d')
    .option(
      '--retention',
      'remove runs that ended longer ago than their definition keeps them; with --to into files',
    )
    .option('--import <file...>', 'bring archived runs back')
    .option('--prune', 'remove blobs and sessions that nobody refers to, and old idempotency keys')
    .option('--grace <duration>', 'with --prune: what is younger stays', '7d')
    .option('--audit-older-than <duration>', 'remove older entries of the audit log; without it all stay')
    .option('--workspaces', 'remove the working directories of ended runs in this BATON_HOME')
    .option('--reindex', 'build all indexes anew and update the statistics')
    .option('--report', 'rows and bytes by table, growth by day')
    .option('--dry-run', 'only say what would be done')
    .action(async (options: MaintainOptions) => {
      checkTasks(options);
      const result = await onDatabase((database) => maintain(database, options));
      const conflicts = result.imported?.some((file) => file.conflicts.length > 0) ?? false;
      const moved = [...(result.archived?.moved ?? []), ...(result.retained?.moved ?? [])];
      if (conflicts || moved.length > 0) process.exitCode = EXIT.failed;
      print(options.output, result, () => maintenanceText(result));
    });
}

/** What the tasks have in common. */
interface Work {
  readonly database: Database;
  readonly options: MaintainOptions;
  readonly dryRun: boolean;
  readonly olderThanMs: number;
  /** Does it on record; what only says what it would do changes nothing. */
  readonly recorded: <T>(action: string, detail: AuditedWork['detail'], task: () => Promise<T>) => Promise<T>;
}

/** In the order in which they help each other: what is archived can be pruned, what is pruned need not be indexed. */
async function maintain(database: Database, options: MaintainOptions): Promise<Maintained> {
  const dryRun = options.dryRun === true;
  const olderThanMs = duration(options.olderThan, '--older-than');
  const recorded: Work['recorded'] = (action, detail, task) =>
    dryRun ? task() : audited(database, { actor: who(), action, route: 'baton maintain', detail }, task);
  const work: Work = { database, options, dryRun, olderThanMs, recorded };
  const { exclusively } = await maintenance();
  return exclusively(database, async () => ({
    dry_run: dryRun,
    ...(await broughtBack(work)),
    ...(await takenOut(work)),
    ...(await pruned(work)),
    ...(await tidied(work)),
    ...(await lookedAfter(work)),
  }));
}

async function broughtBack({ database, options, dryRun, recorded }: Work): Promise<Partial<Maintained>> {
  const [{ importArchive }, { rebuildWithin }] = await Promise.all([
    maintenance(),
    import('../../../projections/index.ts'),
  ]);
  const imported: (Imported & { readonly file: string })[] = [];
  for (const file of options.import ?? []) {
    const import_ = () => importArchive(database, file, dryRun, rebuildWithin);
    imported.push({ file, ...(await recorded('import', { file }, import_)) });
  }
  return imported.length > 0 ? { imported } : {};
}

/** By the age that is told, or by what definitions say. */
async function takenOut({
  database,
  options,
  dryRun,
  olderThanMs,
  recorded,
}: Work): Promise<Partial<Maintained>> {
  const { applyRetention, archiveRuns } = await maintenance();
  const { to, olderThan, retention } = options;
  if (retention === true) {
    const detail = to === undefined ? {} : { to };
    const apply = () => applyRetention(database, { to: to ?? null, dryRun });
    return { retained: await recorded('retention', detail, apply) };
  }
  if (to === undefined) return {};
  const onFile = ({ file, runs }: { file: string; runs: number }) => note(`${file}: ${runs} runs`);
  const archive = () => archiveRuns(database, { olderThanMs, to, dryRun, onFile });
  return { archived: await recorded('archive_runs', { to, older_than: olderThan }, archive) };
}

async function pruned({ database, options, dryRun, recorded }: Work): Promise<Partial<Maintained>> {
  const { prune, pruneAudit } = await maintenance();
  const { grace, auditOlderThan } = options;
  const graceMs = Math.max(LEAST_GRACE_MS, duration(grace, '--grace'));
  return {
    ...(options.prune === true && {
      pruned: await recorded('prune', { grace }, () => prune(database, graceMs, dryRun)),
    }),
    ...(auditOlderThan !== undefined && {
      audit: await recorded('prune_audit', { older_than: auditOlderThan }, () =>
        pruneAudit(database, duration(auditOlderThan, '--audit-older-than'), dryRun),
      ),
    }),
  };
}

async function tidied({
  database,
  options,
  dryRun,
  olderThanMs,
  recorded,
}: Work): Promise<Partial<Maintained>> {
  if (options.workspaces !== true) return {};
  const home = cliConfig().BATON_HOME;
  const tidy = () => tidyWorkspaces(database, home, olderThanMs, dryRun);
  return { workspaces: await recorded('workspaces', { older_than: options.olderThan }, tidy) };
}

async function lookedAfter({ database, options, dryRun, recorded }: Work): Promise<Partial<Maintained>> {
  const { growthReport, reindex } = await maintenance();
  return {
    ...(options.reindex === true && {
      reindexed: await recorded('reindex', {}, () => reindex(database, dryRun)),
    }),
    ...(options.report === true && { growth: await growthReport(database, REPORT_DAYS) }),
  };
}

/** Loaded when needed. */
const maintenance = () => import('../../../maintenance/index.ts');

/** @throws CliError when nothing, or something that contradicts itself, is asked for */
function checkTasks(options: MaintainOptions): void {
  const { to, import: files, retention, prune, auditOlderThan, workspaces, reindex, report } = options;
  duration(options.olderThan, '--older-than');
  duration(options.grace, '--grace');
  if (auditOlderThan !== undefined) duration(auditOlderThan, '--audit-older-than');
  if (to !== undefined && files !== undefined) {
    throw new CliError(
      EXIT.usage,
      '--to and --import do the opposite of each other: run one, then the other',
    );
  }
  const asked = [to, files, retention, prune, auditOlderThan, workspaces, reindex, report];
  if (asked.every((task) => task === undefined)) {
    const tasks =
      '--to FOLDER, --retention, --import FILE, --prune, --audit-older-than D, --workspaces, --reindex, --report';
    throw new CliError(EXIT.usage, `say what to do, one or more of ${tasks} (baton maintain --help)`);
  }
}

function duration(text: string, option: string): number {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  throw new CliError(EXIT.usage, `${option} ${text}: write a duration such as 30d or 12h`);
}
