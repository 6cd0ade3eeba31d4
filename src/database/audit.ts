/**
 * The record of who changed what, or wanted to: rows of `audit_log`, written before the effect and completed after it.
 * A row that stays `begun` tells of something whose end nobody could write down.
 */
import { writeJson } from '../plan/exact-json.ts';
import type { Json } from '../plan/json.ts';
import type { Database, Queryable } from './database.ts';
import { sql, type Statement } from './sql.ts';

/** One row, as far as it is known at its time. Holds no bodies and no secrets. */
export interface AuditEntry {
  /** Names the row within one insert; of a request its id, also in the log. */
  readonly request_id: string;
  /** Who says so; nobody has proved it. */
  readonly actor: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly method: string | null;
  /** The route's pattern; for maintenance the command. */
  readonly route: string | null;
  readonly run_id: string | null;
  readonly workflow: string | null;
  readonly address: string | null;
  readonly user_agent: string | null;
  readonly detail: { readonly [name: string]: Json };
}

/** The outcome of what has not ended. */
export const BEGUN = 'begun';
/** The outcome of what was done as asked. */
export const ACCEPTED = 'accepted';

const columns = sql`
  request_id text, actor text, action text, outcome text, status integer, method text, route text, run_id text,
  workflow text, address text, user_agent text, detail jsonb`;

/** Adds rows; answers `{id, request_id}` of each. */
export const addAuditEntries = (entries: readonly AuditEntry[]): Statement => sql`
  insert into audit_log (request_id, actor, action, outcome, status, method, route, run_id, workflow, address,
                         user_agent, detail, ended_at)
  select request_id, actor, action, outcome, status, method, route, run_id, workflow, address, user_agent, detail,
         case when outcome <> ${BEGUN} then now() end
  from jsonb_to_recordset(${writeJson(entries)}::jsonb) as e (${columns})
  returning id, request_id`;

/** What is known of a row in the end. */
export interface AuditEnd extends AuditEntry {
  readonly id: number;
}

/** Completes rows. */
export const endAuditEntries = (ends: readonly AuditEnd[]): Statement => sql`
  update audit_log a set outcome = e.outcome, status = e.status, action = e.action, run_id = e.run_id,
    workflow = e.workflow, detail = e.detail, ended_at = now()
  from jsonb_to_recordset(${writeJson(ends)}::jsonb) as e (id bigint, ${columns})
  where a.id = e.id`;

/** Of maintenance. */
export interface AuditedWork {
  readonly actor: string;
  readonly action: string;
  /** The command. */
  readonly route: string;
  readonly runId?: string | undefined;
  readonly detail: AuditEntry['detail'];
}

/** Does what changes the tables, on record. Nothing is done that cannot be recorded. */
export async function audited<T>(
  database: Database,
  work: AuditedWork,
  change: () => Promise<T>,
): Promise<T> {
  const entry = entryOf(work);
  const { rows } = await database.query<{ id: number }>(addAuditEntries([entry]));
  const end = (outcome: string) => complete(database, { ...entry, id: rows[0]?.id ?? 0, outcome });
  try {
    const result = await change();
    await end(ACCEPTED);
    return result;
  } catch (error) {
    // What went wrong is told; that its row stays `begun` says the same.
    await end(codeOf(error)).catch(() => undefined);
    throw error;
  }
}

async function complete(db: Queryable, end: AuditEnd): Promise<void> {
  await db.query(endAuditEntries([end]));
}

function entryOf({ actor, action, route, runId, detail }: AuditedWork): AuditEntry {
  return {
    ...{ request_id: crypto.randomUUID(), actor, action, outcome: BEGUN, status: null, method: null, route },
    ...{ run_id: runId ?? null, workflow: null, address: null, user_agent: null, detail },
  };
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : 'failed';
}
