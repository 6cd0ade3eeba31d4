/** Events of a run as JSON. */
import * as z from 'zod';
import { EVENT_TYPES } from '../protocol/event.ts';
import {
  JsonValue,
  StepKey,
  Timestamp,
  afterSeq,
  backwards,
  commaList,
  flag,
  mostItems,
} from './shared/common.ts';
import { RunMessage, ThreadMessage } from './message.ts';

/** Whoever reads events bears types that a later version has. */
const EventTypeName = z.string().meta({ description: `One of: ${EVENT_TYPES.join(', ')}.` });

const Revision = z
  .number()
  .int()
  .nullable()
  .meta({ description: 'Of the plan, when it happened; null: it concerns no step.' });

export const RunEvent = z
  .object({
    run_id: z.string(),
    seq: z.number().int().meta({ description: 'Position in the run’s record, from 1.' }),
    type: EventTypeName,
    step: z.string().nullable(),
    attempt: z.number().int().nullable(),
    turn: z.number().int().nullable().meta({ description: 'Of an agent, from 1.' }),
    revision: Revision,
    data: JsonValue.meta({
      description:
        'By type. `preview` is a beginning; the whole is in `input`, `output` (`{value}`, or `{ref}`: `/blobs/{$blob}`), ' +
        'or in the transcript at `message` (`{session_id, head}`).',
    }),
    caused_by: z.number().int().nullable().meta({ description: 'seq of the event that led to this one.' }),
    previous: z.number().int().nullable(),
    at: Timestamp,
  })
  .meta({ id: 'RunEvent' });

export type RunEvent = z.output<typeof RunEvent>;

/** An entry of the thread as live readers get it: with the members of both lists of messages. */
const LiveMessage = ThreadMessage.omit({
  readers: true,
  acknowledged_at: true,
  processed_at: true,
  updated_seq: true,
})
  .extend({ agent: RunMessage.shape.agent })
  .meta({ id: 'LiveMessage' });

export type LiveMessage = z.output<typeof LiveMessage>;

/** What live readers get, over SSE as over Socket.IO. */
export const EventEnvelope = z
  .object({
    runId: z.string(),
    workflowId: z
      .string()
      .meta({ description: 'The run’s id too, as pages call it that know `/api/workflows`.' }),
    seq: z.number().int(),
    type: EventTypeName,
    ts: Timestamp,
    step: z.string().nullable(),
    attempt: z.number().int().nullable(),
    turn: z.number().int().nullable(),
    revision: Revision,
    data: JsonValue,
    message: LiveMessage.nullable().meta({ description: 'What the event has put into the run’s thread.' }),
  })
  .meta({ id: 'EventEnvelope' });

export type EventEnvelope = z.output<typeof EventEnvelope>;

export const EventFilter = z.strictObject({
  after: afterSeq,
  ...backwards,
  limit: mostItems,
  type: commaList.optional().meta({ description: 'Comma list of types.', type: 'string' }),
  step: StepKey.optional(),
  scope: z.enum(['run']).optional().meta({ description: '`run`: only what concerns no step in particular.' }),
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
  follow: flag.meta({ description: 'Answer as `text/event-stream`, whatever `Accept` says.' }),
  full: flag.meta({
    description:
      'The whole of what events show the beginning of: stored values up to 1 MiB, texts, prompts, inputs.',
  }),
});

export type EventFilter = z.output<typeof EventFilter>;

export const Causes = z
  .object({
    items: z.array(RunEvent).meta({ description: 'The event itself, what led to it, and so on.' }),
    complete: z.boolean().meta({ description: 'The last item is the root; false above 1,000 items.' }),
  })
  .meta({ id: 'Causes' });

export type Causes = z.output<typeof Causes>;
