/** Who changed what, or wanted to. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { AuditFilter, AuditRecord } from '../../contract/audit.ts';
import { pageSchema } from '../../contract/shared/common.ts';

const list = endpoint({
  method: 'get',
  path: '/audit',
  operation: 'listAudit',
  tag: 'audit',
  summary: 'List requests that changed something or wanted to, and maintenance, newest first',
  query: AuditFilter,
  responses: { 200: { description: 'A page of the record.', schema: pageSchema(AuditRecord) } },
  problems: ['invalid_cursor'],
  handle: async ({ query, service }) => reply(200, await service.listAudit(query)),
});

export const auditRoutes: readonly Endpoint[] = [list];
