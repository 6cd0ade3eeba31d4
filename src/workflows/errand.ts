/**
 * The workflow of an errand: calls one activity of somebody's worker, once. What the work itself came to is its result;
 * where the machinery failed, or it was cancelled, it fails, and may be begun again under its id.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
} from '@temporalio/workflow';
import { INFRA_FAILURE } from '../protocol/nodes/errand.ts';
import type { Errand, ErrandOutcome, ErrandRequest } from '../protocol/nodes/errand.ts';

type Activities = Record<string, (request: ErrandRequest) => Promise<unknown>>;

export async function errand(order: Errand): Promise<ErrandOutcome> {
  const { activity, taskQueue, timeoutMs, heartbeatMs, summary, request } = order;
  const activities = proxyActivities<Activities>({
    taskQueue,
    summary,
    scheduleToCloseTimeout: timeoutMs,
    ...(heartbeatMs !== null && { heartbeatTimeout: heartbeatMs }),
    // The run retries, each time as an errand.
    retry: { maximumAttempts: 1 },
    // Nobody waits for what an activity says that was taken back.
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  const perform = activities[activity];
  if (perform === undefined) throw ApplicationFailure.nonRetryable(`there is no name "${activity}"`);
  try {
    return { status: 'completed', result: (await perform(request)) ?? null };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): ErrandOutcome {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || cause.type === INFRA_FAILURE) throw error;
  const { message, nonRetryable, details } = cause;
  return { status: 'failed', message, isFinal: nonRetryable === true, data: details?.[0] ?? null };
}
