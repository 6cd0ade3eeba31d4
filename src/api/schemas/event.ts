/** Events and messages of a run as JSON. */
import { z } from 'zod';
import { JsonValue, StepKey, Timestamp, commaList } from './common.ts';

export const RunEvent = z
  .object({
    run_id: z.string(),
    seq: z.number().int().meta({ description: 'Position in the run’s record, from 1.' }),
    type: z.string(),
    step: z.string().nullable(),
    attempt: z.number().int().nullable(),
    turn: z.number().int().nullable().meta({ description: 'Of an agent, from 1.' }),
    data: JsonValue,
    caused_by: z.number().int().nullable().meta({ description: 'seq of the event that led to this one.' }),
    previous: z.number().int().nullable(),
    at: Timestamp,
  })
  .meta({ id: 'RunEvent' });

export type RunEvent = z.output<typeof RunEvent>;

const MESSAGE_TYPES = ['user', 'agent', 'system'] as const;

export const RunMessage = z
  .object({
    run_id: z.string(),
    seq: z.number().int(),
    message_id: z.string().nullable(),
    message_type: z.enum(MESSAGE_TYPES),
    action_type: z.string().nullable(),
    action_status: z.string().meta({ description: 'pending, acknowledged, processed or ignored.' }),
    content: z.string().nullable(),
    reason: z.string().nullable().meta({ description: 'Why it was ignored.' }),
    author: z.string().nullable(),
    step: z.string().nullable(),
    agent: z.string().nullable(),
    attempt: z.number().int().nullable(),
    turn: z.number().int().nullable(),
    metadata: JsonValue,
    created_at: Timestamp,
  })
  .meta({ id: 'RunMessage' });

export type RunMessage = z.output<typeof RunMessage>;

/** What live readers get, over SSE as over Socket.IO. */
export const Envelope = z
  .object({
    runId: z.string(),
    seq: z.number().int(),
    type: z.string(),
    ts: Timestamp,
    step: z.string().nullable(),
    attempt: z.number().int().nullable(),
    turn: z.number().int().nullable(),
    data: JsonValue,
    message: RunMessage.pick({
      message_id: true,
      message_type: true,
      action_type: true,
      action_status: true,
      content: true,
      reason: true,
      author: true,
      agent: true,
    })
      .nullable()
      .meta({ description: 'What the event has put into the run’s thread.' }),
  })
  .meta({ id: 'EventEnvelope' });

export type Envelope = z.output<typeof Envelope>;

const after = z.coerce
  .number()
  .int()
  .min(0)
  .default(0)
  .meta({ description: 'Only what has a greater `seq`: `next_cursor` of the page before.' });
const most = z.coerce.number().int().min(1).max(1_000).default(200);

export const EventFilter = z.strictObject({
  after,
  limit: most,
  type: commaList.optional().meta({ description: 'Comma list of types.', type: 'string' }),
  step: StepKey.optional(),
  turn: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({ description: 'Of an agent; best with `step`.' }),
  since: z.coerce
    .date()
    .optional()
    .meta({ type: 'string', format: 'date-time', description: 'Not before this time.' }),
  until: z.coerce
    .date()
    .optional()
    .meta({ type: 'string', format: 'date-time', description: 'Before this time.' }),
  follow: z
    .enum(['true', 'false', '1', '0'])
    .default('false')
    .transform((text) => text === 'true' || text === '1')
    .meta({ description: 'Answer as `text/event-stream`, whatever `Accept` says.' }),
});

export type EventFilter = z.output<typeof EventFilter>;

export const MessageFilter = z.strictObject({
  after,
  limit: most,
  message_type: commaList
    .pipe(z.array(z.enum(MESSAGE_TYPES)))
    .optional()
    .meta({ description: 'Comma list: user, agent, system.', type: 'string' }),
  step: StepKey.optional(),
});

export type MessageFilter = z.output<typeof MessageFilter>;

export const Causes = z
  .object({
    items: z.array(RunEvent).meta({ description: 'The event itself, what led to it, and so on.' }),
    complete: z.boolean().meta({ description: 'The last item is the root; false above 1,000 items.' }),
  })
  .meta({ id: 'Causes' });
