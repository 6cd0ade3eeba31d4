/** What Socket.IO clients send. */
import { z } from 'zod';
import { RunId } from './common.ts';

/** Without `since`: what happens from now on. */
export const Subscription = z.strictObject({
  runId: RunId,
  since: z.number().int().min(0).optional(),
});

export const Unsubscription = z.strictObject({ runId: RunId });
