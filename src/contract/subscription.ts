/** What Socket.IO clients send. */
import { z } from 'zod';
import { RunId, StepKey } from './common.ts';

/** A run's id alone, or under the name that `/api/workflows` has for it, is a request too. */
function request<S extends z.ZodObject>(schema: S) {
  return z.preprocess((sent) => {
    if (typeof sent === 'string') return { runId: sent };
    if (typeof sent !== 'object' || sent === null || 'runId' in sent || !('workflowId' in sent)) return sent;
    const { workflowId: runId, ...rest } = sent;
    return { runId, ...rest };
  }, schema);
}

/** Without `since`: what happens from now on. */
export const Subscription = request(
  z.strictObject({ runId: RunId, since: z.number().int().min(0).optional() }),
);

export const Unsubscription = request(z.strictObject({ runId: RunId }));

/** Without `after`: all that is there, and what comes. */
export const StreamSubscription = request(
  z.strictObject({
    runId: RunId,
    after: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
    step: StepKey.optional(),
    turn: z.number().int().min(1).max(1_000_000).optional(),
  }),
);
