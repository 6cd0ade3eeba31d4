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
  readonly prune?: boolean;
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
    .option('--import <file...>', 'bring archived runs back')
    .option('--prune', 'remove blobs and sessions that nobody refers to, and old idempotency keys')
    .option('--grace <duration>', 'with --prune: what is younger stays', '7d')
    .option('--workspaces', 'remove the working directories of ended runs in this BATON_HOME')
    .option('--reindex', 'build all indexes anew and update the statistics')
    .option('--report', 'rows and bytes by table, growth by day')
    .option('--dry-run', 'only say what would be done')
    .action(async (options: MaintainOptions) => {
      checkTasks(options);
      const result = await onDatabase((database) => maintain(database, options));
      const conflicts = result.imported?.some((file) => file.conflicts.length > 0) ?? false;
      if (conflicts || (result.archived?.moved.length ?? 0) > 0) process.exitCode = EXIT.failed;
      print(options.output, result, () => maintenanceText(result));
    });
}

/** In the order in which they help each other: what is archived can be pruned, what is pruned need not be indexed. */
async function maintain(database: Database, options: MaintainOptions): Promise<Maintained> {
  const { archiveRuns, exclusively, growthReport, importArchive, prune, reindex } = await maintenance();
  const dryRun = options.dryRun === true;
  const olderThanMs = duration(options.olderThan, '--older-than');
  /** What only says what it would do changes nothing. */
  const recorded = <T>(action: string, detail: AuditedWork['detail'], work: () => Promise<T>) =>
    dryRun ? work() : audited(database, { actor: who(), action, route: 'baton maintain', detail }, work);
  return exclusively(database, async () => {
    const imported: (Imported & { readonly file: string })[] = [];
    for (const file of options.import ?? []) {
      const import_ = () => importArchive(database, file, dryRun);
      imported.push({ file, ...(await recorded('import', { file }, import_)) });
    }
    const archived =
      options.to === undefined
        ? undefined
        : await recorded('archive_runs', { to: options.to, older_than: options.olderThan }, () =>
            archiveRuns(database, {
              olderThanMs,
              to: options.to ?? '',
              dryRun,
              onFile: ({ file, runs }) => note(`${file}: ${runs} runs`),
            }),
          );
    const graceMs = Math.max(LEAST_GRACE_MS, duration(options.grace, '--grace'));
    const pruned =
      options.prune === true
        ? await recorded('prune', { grace: options.grace }, () => prune(database, graceMs, dryRun))
        : undefined;
    const workspaces =
      options.workspaces === true
        ? await recorded('workspaces', { older_than: options.olderThan }, () =>
            tidyWorkspaces(database, cliConfig().BATON_HOME, olderThanMs, dryRun),
          )
        : undefined;
    const reindexed =
      options.reindex === true ? await recorded('reindex', {}, () => reindex(database, dryRun)) : undefined;
    const growth = options.report === true ? await growthReport(database, REPORT_DAYS) : undefined;
    return {
      dry_run: dryRun,
      ...(imported.length > 0 && { imported }),
      ...(archived !== undefined && { archived }),
      ...(pruned !== undefined && { pruned }),
      ...(workspaces !== undefined && { workspaces }),
      ...(reindexed !== undefined && { reindexed }),
      ...(growth !== undefined && { growth }),
    };
  });
}

/** Loaded when needed: it folds runs with Temporal's SDK. */
const maintenance = () => import('../../../maintenance/index.ts');

/** @throws CliError when nothing, or something that contradicts itself, is asked for */
function checkTasks(options: MaintainOptions): void {
  const { to, import: files, prune, workspaces, reindex, report } = options;
  duration(options.olderThan, '--older-than');
  duration(options.grace, '--grace');
  if (to !== undefined && files !== undefined) {
    throw new CliError(
      EXIT.usage,
      '--to and --import do the opposite of each other: run one, then the other',
    );
  }
  if ([to, files, prune, workspaces, reindex, report].every((task) => task === undefined)) {
    const tasks = '--to FOLDER, --import FILE, --prune, --workspaces, --reindex, --report';
    throw new CliError(EXIT.usage, `say what to do, one or more of ${tasks} (baton maintain --help)`);
  }
}

function duration(text: string, option: string): number {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  throw new CliError(EXIT.usage, `${option} ${text}: write a duration such as 30d or 12h`);
}
