/** What is done on the schedule, each on record: one that fails keeps none of the others from being done. */
import { audited } from '../database/audit.ts';
import type { Database } from '../database/database.ts';
import { messageOf } from '../errors/errors.ts';
import type { Json } from '../plan/json.ts';
import { expiredRuns } from './expired-runs.ts';
import { prune } from './prune.ts';
import { pruneAudit } from './prune-audit.ts';
import { pruneDeliveries } from './prune-deliveries.ts';
import { applyRetention } from './retention.ts';

export interface Chores {
  /** Folder of the archives; null: runs whose retention is over go for good. */
  readonly archive: string | null;
  /** How long entries of the audit log stay; null: for good. */
  readonly auditMs: number | null;
}

export interface Done {
  /** The code of the first thing that failed, or null. */
  readonly failure: string | null;
  /** What came of each task that there was something to do for. */
  readonly done: { readonly [task: string]: Json };
}

type Outcome = { readonly [figure: string]: Json };

/** As with `baton maintain --prune`. */
const GRACE_MS = 7 * 86_400_000;

/** Never throws what a task throws. */
export async function doTasks(database: Database, chores: Chores): Promise<Done> {
  const done: Record<string, Outcome> = {};
  let failure: string | null = null;
  const task = async (action: string, work: () => Promise<Outcome | null>) => {
    try {
      const outcome = await work();
      if (outcome !== null) done[action] = outcome;
    } catch (error) {
      failure ??= codeOf(error);
      done[action] = { error: messageOf(error) };
    }
  };
  await task('retention', () => retain(database, chores.archive));
  await task('prune_audit', () => forget(database, chores.auditMs));
  await task('prune_deliveries', () => pruneDeliveries(database));
  // The search for what nobody refers to goes through all that is stored: it is worth it once something has left.
  if (done['retention'] !== undefined) await task('prune', () => sweep(database));
  return { failure, done };
}

async function retain(database: Database, archive: string | null): Promise<Outcome | null> {
  if ((await expiredRuns(database)).length === 0) return null;
  const detail = archive === null ? {} : { to: archive };
  const { runs, kept, moved } = await onRecord(database, 'retention', detail, () =>
    applyRetention(database, { to: archive, dryRun: false }),
  );
  return { runs: runs.length, kept: kept.length, moved: moved.length, discarded: archive === null };
}

async function forget(database: Database, ms: number | null): Promise<Outcome | null> {
  if (ms === null || (await pruneAudit(database, ms, true)).entries === 0) return null;
  const prune = () => pruneAudit(database, ms, false);
  return { ...(await onRecord(database, 'prune_audit', { older_than_ms: ms }, prune)) };
}

async function sweep(database: Database): Promise<Outcome> {
  const work = () => prune(database, GRACE_MS, false);
  return { ...(await onRecord(database, 'prune', { grace_ms: GRACE_MS }, work)) };
}

const onRecord = <T>(database: Database, action: string, detail: Outcome, work: () => Promise<T>) =>
  audited(database, { actor: 'schedule', action, route: 'projector', detail }, work);

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : 'failed';
}
