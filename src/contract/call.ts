/** Model calls and transcripts as JSON. */
import * as z from 'zod';
import { CALL_STATUSES } from '../protocol/status.ts';
import {
  Cursor,
  JsonValue,
  StepKey,
  Timestamp,
  commaList,
  flag,
  limit,
  pageSchema,
} from './shared/common.ts';

const count = z.number().int();
const figure = count.nullable();

export const ModelCall = z
  .object({
    step: z.string(),
    epoch: count,
    attempt: count,
    turn: count,
    segment: count,
    purpose: z.enum(['turn', 'compaction']).meta({ description: '`compaction`: it summarised older turns.' }),
    status: z.enum(CALL_STATUSES).meta({ description: '`lost`: nobody knows what it consumed.' }),
    replayed: z.boolean().meta({ description: 'Its answer was found stored and not paid for again.' }),
    session_id: z.string().nullable(),
    provider: z.string().nullable(),
    requested_model: z.string().nullable(),
    model: z.string().nullable().meta({ description: 'As the vendor named it.' }),
    input_tokens: figure,
    output_tokens: figure,
    cache_read_tokens: figure,
    cache_write_tokens: figure,
    reasoning_tokens: figure,
    total_tokens: figure,
    cost_estimate: figure.meta({ description: 'Micro-dollars; null when the price is unknown.' }),
    price_version: z.string().nullable(),
    first_token_ms: figure,
    duration_ms: figure,
    finish_reason: z.string().nullable(),
    usage_note: z.string().nullable().meta({
      description:
        'Why figures are not as the vendor told them: untold, unusable, incomplete, reasoning_added, cache_added, cache_cut, total_higher, total_lower, total_ignored.',
    }),
    error: z.object({ type: z.string(), message: z.string() }).nullable(),
    worker: z.string().nullable(),
    started_at: Timestamp,
    completed_at: Timestamp.nullable(),
  })
  .meta({ id: 'ModelCall' });

export type ModelCall = z.output<typeof ModelCall>;

export const CallTotals = z
  .object({
    calls: count,
    input_tokens: count,
    output_tokens: count,
    cache_read_tokens: count,
    cache_write_tokens: count,
    reasoning_tokens: count,
    total_tokens: count,
    cost_estimate: count.nullable().meta({
      description:
        'Micro-dollars of the calls whose price is known; null when there are calls and that of none is.',
    }),
    unknown_costs: count.meta({ description: 'Calls that have ended without a known price.' }),
  })
  .meta({ id: 'CallTotals', description: 'Of all calls that fit the filters, on whatever page.' });

export type CallTotals = z.output<typeof CallTotals>;

export const CallPage = pageSchema(ModelCall).extend({ totals: CallTotals });

export type CallPage = z.output<typeof CallPage>;

export const CallFilter = z.strictObject({
  step: StepKey.optional(),
  status: commaList.optional().meta({ description: 'Comma list of statuses.', type: 'string' }),
  limit: limit(1_000, 200),
  cursor: Cursor,
});

export type CallFilter = z.output<typeof CallFilter>;

export const SessionMessage = z
  .object({
    hash: z.string(),
    parent: z.string().nullable(),
    depth: count,
    role: z.string().meta({
      description:
        'setup, user, assistant, tool, or summary: what models see in place of its entries `from` to `to`.',
    }),
    content: JsonValue.meta({
      description:
        'By role. `results` of `tool` hold what the model has read: `output` is `{value}`, with the `ref` of what is ' +
        'stored apart; above 1 MiB `{ref, preview}`, and the whole is `/blobs/{$blob}`. Texts above 2,000 characters are ' +
        'cut unless `full=1`.',
    }),
    created_at: Timestamp,
  })
  .meta({ id: 'SessionMessage' });

export type SessionMessage = z.output<typeof SessionMessage>;

export const SessionFilter = z.strictObject({
  head: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'The last entry of the branch; default: the newest.' }),
  full: flag.meta({
    description: 'Texts whole, stored values up to 1 MiB, and the entries too that a summary stands for.',
  }),
  limit: limit(500, 100),
  cursor: Cursor,
});
