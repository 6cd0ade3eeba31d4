import { sql, type Statement } from '../../database/sql.ts';

export interface AuditEntry {
  readonly actor: string | null;
  readonly action: string;
  readonly runId: string;
  readonly outcome: string;
  readonly detail: unknown;
}

/** Records what was refused before a run could come to it. */
export const addAuditEntry = ({ actor, action, runId, outcome, detail }: AuditEntry): Statement => sql`
  insert into audit_log (actor, action, run_id, outcome, detail)
  values (${actor}, ${action}, ${runId}, ${outcome}, ${JSON.stringify(detail)}::jsonb)`;
