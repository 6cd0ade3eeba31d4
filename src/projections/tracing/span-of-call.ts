/** A call of a model, as a span. */
import type { CallRow } from '../../tables/projected/llm-calls.ts';
import { activitySpanId } from '../../tracing/span-ids.ts';
import type { Span } from '../../tracing/span.ts';
import { BATON, GEN_AI, providerName } from './names.ts';
import { spanOf } from './span-of.ts';

/** @param execution in which it ended @param parent of the agent's attempt */
export function spanOfCall(row: CallRow, execution: string, parent: string): Span {
  const { step, attempt, turn, provider, requested_model: requested, finish_reason: reason } = row;
  const model = requested ?? row.model;
  return spanOf({
    id: activitySpanId(execution, `${step}#${attempt}/${turn}`),
    parent,
    name: model === null ? 'chat' : `chat ${model}`,
    kind: 'client',
    from: row.started_at,
    to: row.completed_at ?? row.started_at,
    error: errorOf(row),
    attributes: {
      [GEN_AI.operation]: 'chat',
      [GEN_AI.provider]: provider === null ? null : providerName(provider),
      [GEN_AI.conversation]: row.session_id,
      [GEN_AI.requestModel]: requested,
      [GEN_AI.responseModel]: row.model,
      [GEN_AI.finishReasons]: reason === null ? null : [reason],
      [GEN_AI.timeToFirstChunk]: row.first_token_ms === null ? null : row.first_token_ms / 1_000,
      [GEN_AI.inputTokens]: row.input_tokens,
      [GEN_AI.outputTokens]: row.output_tokens,
      [GEN_AI.cacheReadTokens]: row.cache_read_tokens,
      [GEN_AI.cacheWriteTokens]: row.cache_write_tokens,
      [GEN_AI.reasoningTokens]: row.reasoning_tokens,
      [BATON.run]: row.run_id,
      [BATON.step]: step,
      [BATON.attempt]: attempt,
      [BATON.turn]: turn,
      [BATON.cost]: row.cost_estimate,
      [BATON.worker]: row.worker,
      [BATON.purpose]: row.purpose === 'turn' ? null : row.purpose,
      [BATON.replayed]: row.replayed ? true : null,
    },
  });
}

/** Types: as the failure has them; `aborted`: it was stopped; `worker_lost`: its worker died. */
function errorOf({ status, error }: CallRow): string | null {
  if (status === 'completed') return null;
  return error?.type ?? (status === 'lost' ? 'worker_lost' : status);
}
