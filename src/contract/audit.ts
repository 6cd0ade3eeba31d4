/** The record of who changed what, as JSON. */
import * as z from 'zod';
import { Cursor, JsonValue, RunId, Timestamp, WorkflowName, limit, storableText } from './shared/common.ts';

export const AuditRecord = z
  .object({
    id: z.number().int().meta({ description: 'Greater for what came later.' }),
    at: Timestamp,
    ended_at: Timestamp.nullable().meta({ description: 'Null while the outcome is not known.' }),
    actor: z.string().nullable().meta({ description: 'Who says so (`by`); nobody has proved it.' }),
    action: z.string().meta({
      description:
        'Such as `publish`, `start`, `pause`, `answer`, `archive`; of maintenance `prune`, `rebuild` …',
    }),
    outcome: z.string().meta({
      description:
        '`accepted`, the code of the refusal, or `begun` when nobody could write down how it ended.',
    }),
    status: z.number().int().nullable().meta({ description: 'Of the HTTP answer.' }),
    method: z.string().nullable(),
    route: z.string().nullable().meta({ description: 'The route’s pattern, or the command.' }),
    run_id: z.string().nullable(),
    workflow: z.string().nullable(),
    address: z.string().nullable().meta({ description: 'The other end of the connection.' }),
    user_agent: z.string().nullable(),
    request_id: z.string().nullable().meta({ description: 'Also the `X-Request-Id` of the answer.' }),
    detail: JsonValue.meta({
      description: 'Short facts: the id of the message, the version, what was pruned.',
    }),
  })
  .meta({ id: 'AuditRecord' });

export type AuditRecord = z.output<typeof AuditRecord>;

export const AuditFilter = z.strictObject({
  run: RunId.optional(),
  workflow: WorkflowName.optional(),
  actor: storableText(200).optional(),
  action: storableText(200).optional(),
  outcome: storableText(200)
    .optional()
    .meta({ description: 'An outcome, or `refused`: all but those done.' }),
  since: z.coerce.date().optional().meta({ type: 'string', format: 'date-time' }),
  until: z.coerce.date().optional().meta({ type: 'string', format: 'date-time' }),
  limit: limit(500, 100),
  cursor: Cursor,
});

export type AuditFilter = z.output<typeof AuditFilter>;
