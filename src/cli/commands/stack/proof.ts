/** `baton verify` and `baton rebuild`: straight on Postgres and Temporal, past the API. Bundles are verified by themselves. */
import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { audited } from '../../../database/audit.ts';
import type { Database } from '../../../database/database.ts';
import { messageOf } from '../../../errors/errors.ts';
import type { Rebuilt, Verification } from '../../../projections/index.ts';
import type { HistorySource } from '../../../temporal/history-source.ts';
import { CliError, EXIT } from '../../exit.ts';
import { onDatabase } from '../../local/on-database.ts';
import { counted } from '../../terminal/style.ts';
import { runInDatabase } from '../../local/run-in-database.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { connectedConfig } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { writeJson } from '../../../plan/exact-json.ts';

/** Runs between two words about how far a rebuild has come. */
const TELL_EVERY = 500;

export function addVerify(program: Command): void {
  withFormat(program.command('verify'))
    .description(
      'compare tables, stored events and Temporal, or check a bundle; exit code 1 when something is wrong',
    )
    .argument('[run-or-bundle]', 'run id, the beginning of one, @latest, or a bundle; all runs without it')
    .option('--no-temporal', 'compare tables and stored events only')
    .option('--key <file-or-fingerprint>', 'of a bundle: only this key may have signed it')
    .action(async (runId: string | undefined, options: VerifyOptions) => {
      if (runId !== undefined && isBundle(runId)) return verifyBundle(runId, options);
      if (options.key !== undefined)
        throw new CliError(EXIT.usage, '--key is for bundles: name one that is there');
      const { verifyRun, verifyRuns } = await projections();
      const results = await onDatabase((database) =>
        withSource(options.temporal, async (source) => {
          const how = source === undefined ? {} : { source };
          return runId === undefined
            ? collect(verifyRuns(database, how))
            : [await verifyRun(database, await runInDatabase(database, runId), how)];
        }),
      );
      if (results.some((result) => !result.ok)) process.exitCode = EXIT.failed;
      print(options.output, runId === undefined ? results : results[0], () =>
        results.map(verdict).join('\n'),
      );
    });
}

interface VerifyOptions extends FormatOption {
  readonly temporal: boolean;
  readonly key?: string;
}

/** A file is meant where there is one; a name that ends so is never taken for a run's. */
const isBundle = (words: string): boolean =>
  words.endsWith('.gz') || (existsSync(words) && statSync(words).isFile());

/** Needs no stack. */
async function verifyBundle(file: string, { key, output }: VerifyOptions): Promise<void> {
  const [{ checkFile }, { reportText }] = await Promise.all([
    import('../runs/bundle.ts'),
    import('../../shown/bundle-text.ts'),
  ]);
  const report = await checkFile(file, key);
  if (!report.ok) process.exitCode = EXIT.failed;
  print(output, { bundle: file, ...report }, () => reportText(file, report));
}

export function addRebuild(program: Command): void {
  withFormat(program.command('rebuild'))
    .description('write the tables anew from the stored events')
    .argument('[run]', 'run id, the beginning of one, or @latest; all runs without it')
    .option('--older', 'only runs whose rows an older version has written')
    .action(async (words: string | undefined, options: RebuildOptions) => {
      const older = options.older === true;
      if (older && words !== undefined)
        throw new CliError(EXIT.usage, 'name a run, or give --older: not both');
      const results = await onDatabase(async (database) => {
        const runId = words === undefined ? undefined : await runInDatabase(database, words);
        const detail = older ? { older } : {};
        const work = { actor: who(), action: 'rebuild', route: 'baton rebuild', runId, detail };
        return audited(database, work, () => (older ? renew(database) : rebuild(database, runId)));
      });
      print(options.output, words === undefined ? results : results[0], () =>
        results
          .map(
            (run) =>
              `${run.run_id}: ${counted(run.steps, 'step')} out of ${counted(run.history_events, 'stored event')}`,
          )
          .join('\n'),
      );
    });
}

interface RebuildOptions extends FormatOption {
  readonly older?: boolean;
}

/** @param runId undefined: all */
async function rebuild(database: Database, runId: string | undefined): Promise<readonly Rebuilt[]> {
  const { rebuildRun, rebuildRuns } = await projections();
  return runId === undefined ? collect(rebuildRuns(database)) : [await rebuildRun(database, runId)];
}

/** Says how far it has come: an upgrade may leave many thousands. */
async function renew(database: Database): Promise<readonly Rebuilt[]> {
  const { countOutdated, renewRuns } = await projections();
  const outdated = await countOutdated(database);
  note(`${counted(outdated, 'run')} with rows of an older version`);
  const renewed: Rebuilt[] = [];
  for await (const run of renewRuns(database)) {
    renewed.push(run);
    if (renewed.length % TELL_EVERY === 0) note(`${renewed.length} of ${outdated}`);
  }
  return renewed;
}

/** Loaded when needed: Temporal's SDK would slow down every other command. */
const projections = () => import('../../../projections/index.ts');

const RENEWING = 'the projector writes them anew, `baton rebuild --older` does so at once';

function verdict(result: Verification): string {
  const compared = `${counted(result.rows, 'row')}, ${counted(result.history_events, 'stored event')}, Temporal ${result.temporal}`;
  if (result.ok) return `${result.run_id}: ok (${compared})`;
  const differences = result.differences.map(
    ({ table, row, at, expected, found }) =>
      `  ${table} ${row} ${at ?? ''}: expected ${writeJson(expected)}, found ${writeJson(found)}`,
  );
  const isOlder = result.differences.some(({ at }) => at === '$.rows_version');
  const older = isOlder ? [`  its rows are of an older version: ${RENEWING}`] : [];
  const diverged = result.diverged === null ? [] : [`  diverged: ${writeJson(result.diverged)}`];
  return [
    `${result.run_id}: ${counted(result.different, 'difference')} (${compared})`,
    ...differences,
    ...older,
    ...diverged,
  ].join('\n');
}

async function withSource<T>(
  wanted: boolean,
  work: (source: HistorySource | undefined) => Promise<T>,
): Promise<T> {
  if (!wanted) return work(undefined);
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = connectedConfig();
  const { connectTemporal } = await import('../../../temporal/connection.ts');
  const { HistorySource: Source } = await import('../../../temporal/history-source.ts');
  const connection = await connectTemporal({ address, namespace }).catch((error: unknown) => {
    const message = `cannot reach Temporal at ${address}: ${messageOf(error)} (--no-temporal compares without it)`;
    throw new CliError(EXIT.unreachable, message, { code: 'temporal_unavailable' });
  });
  try {
    return await work(new Source(connection, namespace));
  } finally {
    await connection.close();
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
