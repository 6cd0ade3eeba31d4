import { allOf, sql, type Statement } from '../../../database/sql.ts';
import type { CallFilter } from '../../../contract/call.ts';
import { stepWithin } from '../../runs/queries/step-within.ts';

/** Model calls (CallRow) of a run in the order of their start, one more than the limit. */
export const listCalls = (
  runId: string,
  filter: CallFilter,
  after: readonly string[] | undefined,
): Statement => sql`
  select step, epoch, attempt, turn, segment, purpose, status, replayed, session_id, provider, requested_model, model,
         input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, total_tokens,
         cost_estimate, price_version, first_token_ms, duration_ms, finish_reason, usage_note, error, worker,
         started_at, completed_at, started_at::text as position
  from llm_calls where ${allOf([callsOf(runId, filter), ...continuation(after)])}
  order by started_at, step, epoch, attempt, turn limit ${filter.limit + 1}`;

/** Which calls the filters let pass. */
export function callsOf(runId: string, { step, status }: Pick<CallFilter, 'step' | 'status'>): Statement {
  return allOf([
    sql`run_id = ${runId}`,
    ...(step === undefined ? [] : [stepWithin(step)]),
    ...(status === undefined ? [] : [sql`status = any(${status})`]),
  ]);
}

function continuation(after: readonly string[] | undefined): Statement[] {
  if (after === undefined) return [];
  const [position, step, epoch, attempt, turn] = after;
  return [
    sql`(started_at, step, epoch, attempt, turn)
      > (${position}::timestamptz, ${step}, ${epoch}::int, ${attempt}::int, ${turn}::int)`,
  ];
}
