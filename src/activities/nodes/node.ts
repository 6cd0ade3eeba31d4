/**
 * Step kind `node`: work for a program of the user's. Result: what the node answers, held to `output_schema`.
 *
 * The node gets the idempotency key of the work, the same for every repetition by the machinery. A node that is lost
 * fails the attempt by `node_lost`, after which the work goes to another under the same key.
 */
import { randomUUID } from 'node:crypto';
import type { Need } from '../../nodes/node.ts';
import type { AssignmentRow, Order } from '../../nodes/queries/assignments.ts';
import { writeJson } from '../../plan/exact-json.ts';
import type { NodeSpec } from '../../plan/plan.ts';
import type { TemplateNode } from '../../plan/template.ts';
import { traceHeaders } from '../../tracing/current-span.ts';
import type { Attempt, Perform, Performed } from '../step-activity.ts';
import { StepFailure } from '../step-failure.ts';
import { asText } from '../texts.ts';
import type { ErrandStep } from './errand.ts';
import { wantingOf, type NodeDesk } from './desk.ts';
import { resultOf } from './result.ts';

/** Most bytes of what a node is given. */
const MOST_INPUT = 3 * 1024 * 1024;

/** @param onErrand what a Temporal worker is to do goes there */
export function performNode(desk: NodeDesk, onErrand: Perform<ErrandStep>): Perform<NodeSpec> {
  return async (attempt) => {
    if (isErrand(attempt)) return onErrand(attempt);
    const order = orderOf(attempt);
    let seen: AssignmentRow | null = null;
    try {
      return performed(
        await desk.done(order, wantingOf(attempt.signal), (row) => (seen = row)),
        attempt.spec,
      );
    } catch (thrown) {
      throw untaken(thrown, seen, order) ?? thrown;
    }
  };
}

function isErrand(attempt: Attempt<NodeSpec>): attempt is Attempt<ErrandStep> {
  return attempt.spec.errand !== undefined;
}

function orderOf({ spec, input, render }: Attempt<NodeSpec>): Order {
  const texts = (nodes: Readonly<Record<string, TemplateNode>>) =>
    Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, asText(render(node))]));
  const need: Need = { capability: spec.capability, labels: texts(spec.labels), prefer: texts(spec.prefer) };
  const given = writeJson(spec.input === null ? null : render(spec.input));
  const bytes = Buffer.byteLength(given);
  if (bytes > MOST_INPUT)
    throw new StepFailure(
      'values_too_large',
      `The input of the node has ${bytes} bytes; at most ${MOST_INPUT} can be handed over. Hand over where it is found.`,
    );
  const { run, step, idempotencyKey: key, timeoutMs } = input;
  const { key: address, attempt } = step;
  const { traceparent = null } = traceHeaders();
  const of = { key, run: run.id, step: address, attempt };
  return { id: randomUUID(), ...of, need, input: given, traceparent, timeoutMs };
}

/** That no node took it within its time says what was missing. */
function untaken(thrown: unknown, seen: AssignmentRow | null, { timeoutMs }: Order): StepFailure | null {
  if (!(thrown instanceof StepFailure) || thrown.code !== 'timeout' || seen?.status !== 'waiting')
    return null;
  return new StepFailure(
    'timeout',
    `No node took it within its timeout of ${timeoutMs} ms. It waited for ${seen.missing ?? 'a node'}.`,
  );
}

/** @throws StepFailure `node_failed`, `node_lost`, `node_result_invalid` */
function performed(row: AssignmentRow, { outputSchema }: NodeSpec): Performed {
  const node = row.node ?? 'a node';
  const { failure } = row;
  if (row.status === 'completed')
    return {
      value: resultOf(row.result ?? 'null', node, outputSchema),
      doneBy: { node, comments: row.comments },
    };
  if (failure === null) throw lost(row);
  if (failure.category === 'INFRA') throw new StepFailure('node_lost', `${node}: ${failure.message}`);
  const { retryable, data } = failure;
  throw new StepFailure('node_failed', `${node}: ${failure.message}`, {
    retryable,
    ...(data === null ? {} : { data: { body: data } }),
  });
}

function lost({ status, node }: AssignmentRow): StepFailure {
  const what =
    status === 'cancelled'
      ? 'The work was taken back while it was under way.'
      : `${node} was lost while it did this.`;
  return new StepFailure('node_lost', what);
}
