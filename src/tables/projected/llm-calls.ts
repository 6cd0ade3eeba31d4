/**
 * One row for a model call, from the moment it is scheduled. Tokens and cost are null while nothing is known to have been
 * consumed: while it runs, when its worker died, and when its answer had been counted before.
 */
import type { CallStatus } from '../../protocol/status.ts';
import { bigint, boolean, integer, jsonb, nullable, text, time } from '../column.ts';
import { table, type RowOf } from '../table.ts';

export const llmCalls = table({
  name: 'llm_calls',
  key: ['run_id', 'step', 'epoch', 'attempt', 'turn'],
  rows: 'replaced',
  run: 'run_id',
  archive: 'moved',
  columns: {
    run_id: text(),
    step: text(),
    epoch: integer(),
    attempt: integer(),
    turn: integer(),
    segment: integer(),
    /** `compaction`: it summarised older turns. */
    purpose: text<'turn' | 'compaction'>(),
    /** `lost`: its worker died. */
    status: text<CallStatus>(),
    /** The answer was found stored. */
    replayed: boolean(),
    session_id: nullable(text()),
    provider: nullable(text()),
    requested_model: nullable(text()),
    model: nullable(text()),
    input_tokens: nullable(bigint()),
    output_tokens: nullable(bigint()),
    cache_read_tokens: nullable(bigint()),
    cache_write_tokens: nullable(bigint()),
    reasoning_tokens: nullable(bigint()),
    total_tokens: nullable(bigint()),
    /** Micro-dollars. */
    cost_estimate: nullable(bigint()),
    price_version: nullable(text()),
    first_token_ms: nullable(integer()),
    duration_ms: nullable(integer()),
    finish_reason: nullable(text()),
    /** Why figures are not as the vendor told them. */
    usage_note: nullable(text()),
    error: nullable(jsonb<{ readonly type: string; readonly message: string }>()),
    worker: nullable(text()),
    started_at: time(),
    completed_at: nullable(time()),
  },
});

export type CallRow = RowOf<typeof llmCalls>;
