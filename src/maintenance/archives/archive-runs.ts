/**
 * Archives runs that ended long ago: what is stored of them goes into files, and out of the tables.
 *
 * What stays is the row of `workflow_runs` (so lists, figures and links go on to work), marked by `archived_at`, the rows
 * of `executions` (so nobody takes the run for a new one) and what people did by the API. Rows leave only after the
 * file was read back whole, and only if they still are what stands in it: a run that moves meanwhile stays. A process
 * that dies in the middle leaves runs archived or not, never in between.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inTransaction, type Database, type DatabaseClient } from '../../database/database.ts';
import { sql, type Statement } from '../../database/sql.ts';
import { InvalidError } from '../../errors/errors.ts';
import { ArchiveWriter, checkArchive, RunDigest, type ArchivedRun } from './archive-file.ts';
import { holdAtRest, isAtRest, isForkless } from './at-rest.ts';
import { removeDetails } from './remove-details.ts';
import { runRows } from './run-rows.ts';

export interface ArchiveOptions {
  /** Runs that ended longer ago than this. */
  readonly olderThanMs: number;
  /** Folder of the files; made when it is missing. */
  readonly to: string;
  /** Says what would be archived, and does nothing. */
  readonly dryRun: boolean;
  /** Called for each file that is done. */
  readonly onFile?: (file: ArchiveFile) => void;
}

interface ArchiveFile {
  readonly file: string;
  readonly runs: number;
}

export interface Archived {
  readonly files: readonly ArchiveFile[];
  /** Ids of the runs that were archived, or would be. */
  readonly runs: readonly string[];
  /** Runs that moved while they were written: they stay, and their rows in a file mean nothing. */
  readonly moved: readonly string[];
}

type Filing = Pick<ArchiveOptions, 'to' | 'onFile'>;

/** Most in one file. */
const MAX_RUNS = 500;
const MAX_BYTES = 512 * 1024 * 1024;

export async function archiveRuns(database: Database, options: ArchiveOptions): Promise<Archived> {
  const before = new Date(Date.now() - options.olderThanMs);
  const { rows } = await database.query<{ id: string }>(archivable(before));
  const ids = rows.map(({ id }) => id);
  return options.dryRun ? { files: [], runs: ids, moved: [] } : fileRuns(database, ids, options);
}

/** Archives these, in this order. What must not go any more stays, and is among those that moved. */
export async function fileRuns(
  database: Database,
  ids: readonly string[],
  options: Filing,
): Promise<Archived> {
  if (ids.length === 0) return { files: [], runs: [], moved: [] };
  await onDisk(options.to, () => mkdir(options.to, { recursive: true, mode: 0o700 }));
  const files: ArchiveFile[] = [];
  const archived: string[] = [];
  const moved: string[] = [];
  for (let done = 0; done < ids.length;) {
    const file = freeFile(options.to);
    const batch = ids.slice(done, done + MAX_RUNS);
    const written = await onDisk(options.to, () => writeFile(database, file, batch));
    done += written.length;
    for (const run of written) ((await removeRows(database, run)) ? archived : moved).push(run.run);
    files.push({ file, runs: written.length });
    options.onFile?.({ file, runs: written.length });
  }
  return { files, runs: archived, moved };
}

const FILE_CALLS: ReadonlySet<unknown> = new Set(['mkdir', 'open', 'write', 'fsync', 'close', 'rename']);

/** @throws InvalidError `archive_unwritable` for what the file system refuses */
async function onDisk<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && FILE_CALLS.has(error.syscall))) throw error;
    const message = `cannot write to ${folder}: ${error.message}; nothing of this file was removed from the database`;
    throw new InvalidError('archive_unwritable', message, [], { cause: error });
  }
}

/** Oldest first. */
const archivable = (before: Date): Statement => sql`
  select id from workflow_runs r
  where coalesce(completed_at, updated_at) < ${before} and ${isAtRest} and ${isForkless}
  order by coalesce(completed_at, updated_at), id`;

/** A file that is not there yet; its name sorts by time. The number tells files of one second apart. */
function freeFile(folder: string): string {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  for (let number = 1; ; number += 1) {
    const file = join(folder, `baton-runs-${time}-${String(number).padStart(3, '0')}.jsonl.gz`);
    if (!existsSync(file)) return file;
  }
}

/** Writes as many of the runs as one file takes; the name stands for a file that was read back. */
async function writeFile(
  database: Database,
  file: string,
  ids: readonly string[],
): Promise<readonly ArchivedRun[]> {
  const draft = `${file}.part`;
  const writer = new ArchiveWriter(draft);
  try {
    await writer.begin();
    for (const id of ids) {
      if (writer.bytes > MAX_BYTES) break;
      await atOneMoment(database, (client) => writer.add(id, runRows(client, id)));
    }
    await writer.close();
    const runs = await checkArchive(draft);
    await rename(draft, file);
    return runs;
  } catch (error) {
    await writer.abandon();
    await rm(draft, { force: true });
    throw error;
  }
}

function atOneMoment<T>(database: Database, work: (client: DatabaseClient) => Promise<T>): Promise<T> {
  return inTransaction(database, async (client) => {
    await client.query(sql`set transaction isolation level repeatable read read only`);
    return work(client);
  });
}

/** False when the run is no longer what was written. */
async function removeRows(database: Database, written: ArchivedRun): Promise<boolean> {
  const runId = written.run;
  return inTransaction(database, async (client) => {
    if (!(await holdAtRest(client, runId))) return false;
    const digest = new RunDigest(runId);
    for await (const row of runRows(client, runId)) digest.add(row);
    if (digest.end().sha256 !== written.sha256) return false;
    await removeDetails(client, runId);
    return true;
  });
}
