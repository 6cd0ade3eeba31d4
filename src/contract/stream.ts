/** What is told of answers while they come. */
import * as z from 'zod';
import { StepKey, Timestamp } from './shared/common.ts';

/** The `data:` of an SSE event of `…/stream`. */
export const StreamPiece = z
  .object({
    type: z.enum(['token', 'chunk', 'reset', 'end']).meta({
      description:
        '`token`: a piece as the vendor sent it; `chunk`: several joined; `reset`: what came of this turn before is ' +
        'void; `end`: nothing follows, and the stored message replaces the pieces.',
    }),
    content: z.string(),
    timestamp: Timestamp,
    step: z.string(),
    attempt: z.number().int(),
    turn: z.number().int(),
    offset: z
      .number()
      .int()
      .meta({ description: 'UTF-16 units of the answer before this piece; of `end`: all of it.' }),
    message: z
      .object({ session_id: z.string(), head: z.string() })
      .nullable()
      .meta({
        description:
          'Of `end`: where the message stands, as in `/sessions/{id}/messages?head=`; null when nothing of an ' +
          'interrupted answer was kept.',
      }),
    interrupted: z
      .boolean()
      .meta({ description: 'Of `end`: the call was stopped, and the message holds what had come.' }),
  })
  .meta({ id: 'StreamPiece' });

export type StreamPiece = z.output<typeof StreamPiece>;

export const StreamFilter = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ type: 'integer', description: 'Only what has a greater id; 0 = all that is there.' }),
  step: StepKey.optional(),
  turn: z.coerce.number().int().min(1).max(1_000_000).optional(),
});

export type StreamFilter = z.output<typeof StreamFilter>;
