/**
 * Brings the run of a bundle here, to be read: the stored rows from the file, the read tables by folding them.
 *
 * The bundle is checked whole before anything is written, and once more, by its chain, while it is written. One
 * transaction: the run is here whole, or not at all. What is here already stays: a row of the same name is the same row,
 * since such rows are named by what they hold, and nothing is added to sessions of runs of this installation.
 */
import type { Database, DatabaseClient } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import { ConflictError, InvalidError, messageOf } from '../errors/errors.ts';
import { RowBatch, type ArchivedRow } from '../maintenance/index.ts';
import { readJson, writeJson } from '../plan/exact-json.ts';
import { rebuildWithin } from '../projections/index.ts';
import { executions } from '../tables/stored/executions.ts';
import { sessionMessages } from '../tables/stored/session-messages.ts';
import { TAKEN } from './bundled-tables.ts';
import { checkBundle, type BundleReport, type Pin } from './check-bundle.ts';
import { readBundle } from './read-bundle.ts';
import type { Row } from './row-form.ts';

export interface ImportOptions {
  /** The key that has to have signed it; none: any. */
  readonly pin?: Pin | undefined;
  /** Who says so. */
  readonly by: string | null;
  /** Says what would be imported, and changes nothing. */
  readonly dryRun?: boolean;
}

export interface ImportedBundle {
  readonly run_id: string;
  /** Fingerprint of the key that signed it. */
  readonly origin: string;
  readonly pinned: boolean;
  /** `present`: this very bundle was imported before. */
  readonly outcome: 'imported' | 'present' | 'would_import';
}

/** A bundle that may be imported. */
interface Sound {
  readonly file: string;
  readonly run: string;
  readonly origin: string;
  readonly pinned: boolean;
  readonly chain: string;
  readonly createdAt: string;
  readonly hasSessions: boolean;
}

/**
 * @throws InvalidError `bundle_invalid` with all that is wrong; ConflictError `run_exists`, `execution_exists`,
 *   `bundle_differs`
 */
export async function importBundle(
  database: Database,
  file: string,
  { pin, by, dryRun = false }: ImportOptions,
): Promise<ImportedBundle> {
  const sound = assertSound(file, await checkBundle(file, pin));
  const client = await database.connect();
  try {
    await client.query('begin');
    const isNew = await claim(client, sound, by);
    if (isNew) await take(client, sound);
    await client.query(dryRun ? 'rollback' : 'commit');
    const { run: run_id, origin, pinned } = sound;
    return { run_id, origin, pinned, outcome: isNew ? (dryRun ? 'would_import' : 'imported') : 'present' };
  } finally {
    // With a failure in the middle the connection goes, and the open transaction with it.
    client.release(true);
  }
}

function assertSound(file: string, report: BundleReport): Sound {
  const { faulty, faults, run_id: run, key, chain, created_at: createdAt, rows } = report;
  if (faulty === 0 && run !== null && key !== null && chain !== null && createdAt !== null)
    return {
      ...{ file, run, origin: key.fingerprint, pinned: key.pinned, chain, createdAt },
      hasSessions: (rows[sessionMessages.name] ?? 0) > 0,
    };
  const details = faults.map(({ code, line, where, message }) => ({
    code,
    path: where,
    message,
    ...(line !== null && { line }),
  }));
  const message = `${file} is not imported: ${faulty === 1 ? 'something is' : `${faulty} things are`} wrong with it. See \`baton verify ${file}\`.`;
  throw new InvalidError('bundle_invalid', message, details);
}

/** True when the run may be brought here, which nobody else does then; false when this bundle was before. */
async function claim(client: DatabaseClient, sound: Sound, by: string | null): Promise<boolean> {
  const { rows } = await client.query(addImported(sound, by));
  if (rows.length > 0) {
    const { rows: own } = await client.query(findOwn(sound.run));
    if (own.length === 0) return true;
    const message = `A run "${sound.run}" of this installation is here already: an import changes none of its runs.`;
    throw new ConflictError('run_exists', message);
  }
  const { rows: before } = await client.query<{ bundle: string }>(findBundle(sound.run));
  if (before[0]?.bundle === sound.chain) return false;
  const message = `Run "${sound.run}" was imported before, from another bundle (${before[0]?.bundle ?? ''}).`;
  throw new ConflictError('bundle_differs', message);
}

/** Waits for whoever imports the same run. */
const addImported = ({ run, origin, chain, createdAt }: Sound, by: string | null): Statement => sql`
  insert into imported_runs (run_id, origin, bundle, exported_at, imported_by)
  values (${run}, ${origin}, ${chain}, ${createdAt}, ${by})
  on conflict (run_id) do nothing returning run_id`;

const findOwn = (run: string): Statement => sql`
  select from workflow_runs where id = ${run} union all select from executions where run_id = ${run} limit 1`;

const findBundle = (run: string): Statement => sql`select bundle from imported_runs where run_id = ${run}`;

async function take(client: DatabaseClient, sound: Sound): Promise<void> {
  const { file, run, hasSessions } = sound;
  try {
    const ids = await takeRows(client, sound, hasSessions ? await ownSessions(client, file) : new Set());
    const { rows } = await client.query<{ found: number }>(countExecutions(run, ids));
    if (rows[0]?.found !== ids.length)
      throw new ConflictError('execution_exists', `An execution of ${file} is one of another run here.`);
    await rebuildWithin(client, run);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const message = `${file} is not imported: ${messageOf(error)}`;
    throw new InvalidError('bundle_invalid', message, [], { cause: error });
  }
}

/** Postgres takes no such value (classes 22 and 23), or the file cannot be unpacked any more. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(?:2[23]|Z_)/.test(String(error.code));

/** @returns the ids of the executions */
async function takeRows(
  client: DatabaseClient,
  { file, chain }: Sound,
  own: ReadonlySet<string>,
): Promise<readonly string[]> {
  const batch = new RowBatch(client, TAKEN);
  const ids: string[] = [];
  let last = '';
  for await (const { hash, holds, entry } of readBundle(file)) {
    if (!holds && entry.kind !== 'signature') break;
    last = hash;
    if (entry.kind !== 'row') continue;
    const row = taken(entry.row, own);
    if (row?.table === executions.name) ids.push(String(readJson<Row>(row.json)['execution_id']));
    if (row !== undefined) await batch.add(row);
  }
  await batch.flush();
  if (last === chain) return ids;
  throw new InvalidError('bundle_invalid', `${file} has changed while it was imported.`);
}

/** The row as it is taken in. Nobody follows executions of another installation's Temporal. */
function taken({ table, json }: ArchivedRow, own: ReadonlySet<string>): ArchivedRow | undefined {
  if (table === executions.name) {
    const row = { ...readJson<Row>(json), source_gone: true };
    return { table, json: writeJson(row) };
  }
  const session = table === sessionMessages.name ? readJson<Row>(json)['session_id'] : undefined;
  return typeof session === 'string' && own.has(session) ? undefined : { table, json };
}

/** Of the sessions in the file those that runs of this installation work in. */
async function ownSessions(client: DatabaseClient, file: string): Promise<ReadonlySet<string>> {
  const sessions = new Set<string>();
  for await (const { entry } of readBundle(file)) {
    if (entry.kind !== 'row' || entry.row.table !== sessionMessages.name) continue;
    sessions.add(String(readJson<Row>(entry.row.json)['session_id']));
  }
  if (sessions.size === 0) return sessions;
  const { rows } = await client.query<{ session_id: string }>(findOwnSessions([...sessions]));
  return new Set(rows.map(({ session_id }) => session_id));
}

const findOwnSessions = (sessions: readonly string[]): Statement => sql`
  select distinct session_id from (
    select session_id, run_id from llm_calls where session_id = any(${sessions})
    union all select session_id, run_id from workflow_step_executions where session_id = any(${sessions})
    union all select session_id, id from workflow_runs where session_id = any(${sessions})
  ) s where not exists (select from imported_runs i where i.run_id = s.run_id)`;

const countExecutions = (run: string, ids: readonly string[]): Statement => sql`
  select count(*) as found from executions where run_id = ${run} and execution_id = any(${ids})`;
