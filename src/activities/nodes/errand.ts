/**
 * A step of kind `node` that an activity of a Temporal worker does. Result: what the activity answers, held to
 * `output_schema`.
 */
import { depthFault } from '../../plan/depth.ts';
import type { Json, JsonObject } from '../../plan/json.ts';
import { jsonBytes } from '../../plan/json.ts';
import type { ErrandSpec, NodeSpec } from '../../plan/plan.ts';
import type { Errand, ErrandOutcome } from '../../protocol/nodes/errand.ts';
import type { HeartbeatDetails } from '../../protocol/activity.ts';
import { traceHeaders } from '../../tracing/current-span.ts';
import { MOST_RESULT_BYTES } from '../../nodes/node.ts';
import type { Attempt, Perform, Performed } from '../step-activity.ts';
import { StepFailure } from '../step-failure.ts';
import { wantingOf } from './desk.ts';
import type { Errands } from './errands.ts';
import { heldTo } from './result.ts';

/** Most bytes of what an activity is given: it stands in a history of Temporal, which takes 2 MB. */
const MOST_INPUT = 1024 * 1024;

interface Means {
  readonly errands: Errands;
  /** Task queues to which work may be handed. */
  readonly allowed: readonly string[];
}

export type ErrandStep = NodeSpec & { readonly errand: ErrandSpec };

export function performErrand({ errands, allowed }: Means): Perform<ErrandStep> {
  return async (attempt) => {
    const { spec, input, signal } = attempt;
    const { taskQueue, activity } = spec.errand;
    if (!allowed.includes(taskQueue))
      throw new StepFailure(
        'not_allowed',
        `This worker hands no work to the task queue ${taskQueue}. Name it in BATON_NODE_TASK_QUEUES of a worker.`,
      );
    const waits: { missing: HeartbeatDetails | null } = { missing: null };
    const tell = (missing: HeartbeatDetails | null) => {
      waits.missing = missing;
      attempt.tell(missing);
    };
    const order = { ...errandOf(attempt, spec.errand), key: input.idempotencyKey };
    try {
      const outcome = await errands.done(order, wantingOf(signal), tell);
      return performed(outcome, `${activity} on ${taskQueue}`, spec.outputSchema);
    } catch (thrown) {
      const isLate = thrown instanceof StepFailure && thrown.code === 'timeout';
      if (waits.missing === null || !isLate) throw thrown;
      throw new StepFailure(
        'timeout',
        `Nobody took it within its timeout of ${input.timeoutMs} ms. It waited for ${waits.missing.waits_for}.`,
      );
    }
  };
}

function errandOf(
  { spec, input, render }: Attempt<NodeSpec>,
  { taskQueue, activity, heartbeatMs }: ErrandSpec,
): Errand {
  const { run, step, idempotencyKey, timeoutMs } = input;
  const given = spec.input === null ? null : render(spec.input);
  const bytes = jsonBytes(given);
  if (bytes > MOST_INPUT)
    throw new StepFailure(
      'values_too_large',
      `The input of the activity has ${bytes} bytes; at most ${MOST_INPUT} can be handed over. Hand over where it is found.`,
    );
  const request = {
    run: run.id,
    step: step.key,
    attempt: step.attempt,
    idempotency_key: idempotencyKey,
    deadline: new Date(Date.now() + timeoutMs).toISOString(),
    ...traceHeaders(),
    input: given,
  };
  return { taskQueue, activity, summary: `${step.key} of ${run.id}`, timeoutMs, heartbeatMs, request };
}

/** @throws StepFailure `node_failed`, `node_result_invalid` */
function performed(outcome: ErrandOutcome, node: string, schema: JsonObject | null): Performed {
  if (outcome.status === 'failed') {
    const { message, isFinal, data } = outcome;
    throw new StepFailure('node_failed', `${node}: ${message}`, {
      ...(isFinal && { retryable: false }),
      ...(data === null ? {} : { data: { body: data as Json } }),
    });
  }
  const value = outcome.result as Json;
  const encoding = undecodable(value);
  const fault = encoding === null ? depthFault(value) : `it is in the encoding ${encoding}`;
  if (fault !== null)
    throw new StepFailure('node_result_invalid', `What ${node} answered is no JSON that is taken: ${fault}`);
  const bytes = jsonBytes(value);
  if (bytes > MOST_RESULT_BYTES)
    throw new StepFailure(
      'node_result_invalid',
      `What ${node} answered has ${bytes} bytes, and may have ${MOST_RESULT_BYTES}: let it answer where that is found.`,
      { retryable: false },
    );
  return { value: heldTo(schema, value, node), doneBy: { node, comments: [] } };
}

/** What the payload converter makes of what it cannot read. */
function undecodable(value: Json): string | null {
  const encoding = (value as { readonly $undecodable?: unknown } | null)?.$undecodable;
  return typeof encoding === 'string' ? encoding : null;
}
