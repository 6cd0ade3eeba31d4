/** Who changed what, or wanted to. */
import type { AuditFilter, AuditRecord } from '../../contract/audit.ts';
import { decodeCursor, pageOf, type Page } from '../cursor.ts';
import type { Services } from '../services.ts';
import { auditJson, type AuditRow } from '../views/audit.ts';
import { listAudit } from './queries/list-audit.ts';

/** A page of the record, newest first. @throws InvalidError `invalid_cursor` */
export async function readAudit(
  { store }: Pick<Services, 'store'>,
  filter: AuditFilter,
): Promise<Page<AuditRecord>> {
  const [before] = filter.cursor === undefined ? [] : decodeCursor('audit', filter.cursor);
  const position = before === undefined ? undefined : Number(before);
  const rows = await store.all<AuditRow>(listAudit(filter, position));
  return pageOf('audit', rows, filter.limit, auditJson, (row) => [String(row.id)]);
}
