/** Who changed what, or wanted to. */
import { decodeCursor, pageOf } from '../../service/cursor.ts';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { listAudit } from '../../service/audit/queries/list-audit.ts';
import { AuditFilter, AuditRecord } from '../../contract/audit.ts';
import { pageSchema } from '../../contract/common.ts';
import { auditJson, type AuditRow } from '../../service/views/audit.ts';

const list = endpoint({
  method: 'get',
  path: '/audit',
  operation: 'listAudit',
  tag: 'audit',
  summary: 'List requests that changed something or wanted to, and maintenance, newest first',
  query: AuditFilter,
  responses: { 200: { description: 'A page of the record.', schema: pageSchema(AuditRecord) } },
  problems: ['invalid_cursor'],
  handle: async ({ query, services }) => {
    const [before] = query.cursor === undefined ? [] : decodeCursor('audit', query.cursor);
    const position = before === undefined ? undefined : Number(before);
    const rows = await services.store.all<AuditRow>(listAudit(query, position));
    return reply(
      200,
      pageOf('audit', rows, query.limit, auditJson, (row) => [String(row.id)]),
    );
  },
});

export const auditRoutes: readonly Endpoint[] = [list];
