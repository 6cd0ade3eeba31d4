/** Headers of requests that routes read. */
import * as z from 'zod';

export const IdempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'Makes a retry safe: the same key and body answer the same run.' }),
});

/** Of what starts a run. */
export const StartHeaders = IdempotencyHeaders.extend({
  traceparent: z.string().optional().meta({
    description:
      'W3C Trace Context: the run becomes a part of this trace, below this span. What is none counts as absent.',
  }),
});

export const ResumeHeaders = z.object({
  'last-event-id': z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ type: 'integer', description: 'Where a live reader goes on: the id of the last event it has.' }),
});
