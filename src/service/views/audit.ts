/** A row of the audit log as JSON. */
import type { AuditRecord } from '../../contract/audit.ts';
import { iso, isoOrNull } from './time.ts';

export interface AuditRow extends Omit<AuditRecord, 'at' | 'ended_at'> {
  readonly at: Date;
  readonly ended_at: Date | null;
}

export function auditJson(row: AuditRow): AuditRecord {
  return { ...row, at: iso(row.at), ended_at: isoOrNull(row.ended_at) };
}
