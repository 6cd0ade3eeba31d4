/** The conversation of a run as JSON: its messages, and what a caller may say. */
import * as z from 'zod';
import { MESSAGE_TYPES } from '../protocol/event.ts';
import {
  DECISIONS,
  DEFAULT_PAUSE_MODE,
  DELIVERIES,
  MAX_ID_CHARS,
  MAX_MESSAGE_CHARS,
  PAUSE_ENDS,
  PAUSE_MODES,
} from '../protocol/signals.ts';
import { MESSAGE_STATUSES, READER_STATUSES } from '../protocol/status.ts';
import { MessageId, WaitTime, commandFields } from './command.ts';
import type { Form } from './shared/form.ts';
import {
  JsonValue,
  StepKey,
  Timestamp,
  afterSeq,
  backwards,
  commaList,
  jsonOf,
  limit,
  listOf,
  mostItems,
  storable,
  storableText,
} from './shared/common.ts';

export const Reader = z.object({
  step: z.string(),
  agent: z.string().nullable(),
  attempt: z.number().int(),
  turn: z.number().int(),
  status: z.enum(READER_STATUSES),
  at: Timestamp,
});

export type Reader = z.output<typeof Reader>;

const MessageMetadata = z
  .looseObject({
    context: z.string().optional(),
    target: z.string().optional(),
    delivery: z.string().optional(),
    replaces: z.string().optional(),
    message: z.string().optional().meta({ description: 'Of a withdrawal: the message that is taken back.' }),
    mode: z.string().optional(),
    task: z.string().optional(),
    skip_to: z.string().optional(),
    question: z.string().optional(),
    max_turns: z.number().optional().meta({ description: 'Of new limits, as with the other three.' }),
    max_tokens: z.number().optional(),
    max_cost_usd: z.number().optional(),
    max_duration: z.union([z.string(), z.number()]).optional(),
    form: jsonOf<Form | null>('Of a question: JSON Schema that an answer must fit, or null.').optional(),
    call: JsonValue.optional().meta({ description: 'Of a question: the call that waits for a yes.' }),
    status: z.string().optional().meta({ description: 'Of a question.' }),
    temporal: z.boolean().optional().meta({ description: 'An operator has done it in Temporal.' }),
  })
  .meta({ description: 'What else it asked for: `context`, `target`, `delivery`, …' });

export type MessageMetadata = z.output<typeof MessageMetadata>;

export const RunMessage = z
  .object({
    run_id: z.string(),
    seq: z.number().int(),
    message_id: z.string().nullable(),
    message_type: z.enum(MESSAGE_TYPES),
    action_type: z.string().nullable(),
    action_status: z.enum(MESSAGE_STATUSES).meta({
      description:
        '`pending`: agents have yet to read it; `acknowledged`: an agent has it before him; `processed`: done; ' +
        '`ignored`: it came to nothing, `reason` says why.',
    }),
    content: z.string().nullable(),
    reason: z.string().nullable().meta({ description: 'Why it was ignored, in words.' }),
    reason_code: z.string().nullable().meta({ description: 'The same for machines, such as `expired`.' }),
    author: z.string().nullable(),
    step: z.string().nullable(),
    agent: z.string().nullable(),
    attempt: z.number().int().nullable(),
    turn: z.number().int().nullable(),
    metadata: MessageMetadata,
    readers: z
      .array(Reader)
      .meta({ description: 'The agents that got it, each with the turn that began with it.' }),
    created_at: Timestamp,
    acknowledged_at: Timestamp.nullable(),
    processed_at: Timestamp.nullable(),
    updated_seq: z.number().int().meta({ description: '`seq` of the newest event that changed it.' }),
  })
  .meta({ id: 'RunMessage' });

export type RunMessage = z.output<typeof RunMessage>;

/** A message in the form of the four routes under `/api/workflows`. */
export const ThreadMessage = RunMessage.omit({ seq: true, run_id: true, agent: true })
  .extend({
    id: z.number().int().meta({ description: '`seq` of the message.' }),
    workflow_id: z.string().meta({ description: 'The run’s id.' }),
    agent_type: z.string().nullable(),
    metadata: JsonValue.meta({
      description:
        'What else it asked for, as it was posted: `additionalContext`, `newTaskDescription`, `skipToAgent`, …',
    }),
  })
  .meta({ id: 'ThreadMessage' });

export type ThreadMessage = z.output<typeof ThreadMessage>;

export const Thread = z
  .object({
    messages: z.array(ThreadMessage),
    next_cursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
  })
  .meta({ id: 'Thread' });

export const MessageFilter = z.strictObject({
  after: afterSeq,
  ...backwards,
  limit: mostItems,
  message_type: listOf(MESSAGE_TYPES)
    .optional()
    .meta({ description: 'Comma list: user, agent, system.', type: 'string' }),
  action_type: commaList.optional().meta({ description: 'Comma list of actions.', type: 'string' }),
  action_status: listOf(MESSAGE_STATUSES)
    .optional()
    .meta({ description: 'Comma list of statuses.', type: 'string' }),
  step: StepKey.optional(),
  author: storableText(MAX_ID_CHARS).min(1).optional(),
});

export type MessageFilter = z.output<typeof MessageFilter>;

/** What people may do by a message. */
const ACTIONS = ['comment', 'instruction', 'pause', 'resume', 'cancel', 'redirect', 'answer'] as const;
export type PostedAction = (typeof ACTIONS)[number];

/** Longer ones are refused by a problem of their own, which says what to do. */
const Text = storable.meta({ maxLength: MAX_MESSAGE_CHARS });
const Name = storableText(MAX_ID_CHARS).min(1);
const Inputs = z.record(z.string(), JsonValue).meta({ description: 'Inputs that change, by name.' });

const Metadata = z.strictObject({
  newTaskDescription: Text.optional().meta({ description: 'redirect: the new task; default: `content`.' }),
  skipToAgent: Name.optional().meta({ description: 'redirect: the agent, or the step, to begin with.' }),
  additionalContext: Text.optional().meta({
    description: 'More that agents should know. A comment that has it is an instruction.',
  }),
  inputs: Inputs.optional(),
  question: storableText(1_000).min(1).optional().meta({
    description: 'answer: id of the question; default: the only one that is open.',
  }),
  answer: JsonValue.optional().meta({ description: 'answer: what fits the form; default: `content`.' }),
  decision: z.enum(DECISIONS).optional().meta({ description: 'answer: to a tool’s call.' }),
});

const Body = z.strictObject({
  content: Text.optional().meta({ description: 'What is said. Needed for comment, instruction, redirect.' }),
  action_type: z.enum(ACTIONS).default('comment'),
  target: Name.optional().meta({ description: 'A step’s key or an agent’s name; default: who is at work.' }),
  delivery: z.enum(DELIVERIES).optional().meta({
    description:
      'instruction: before the next model call (`next_turn`), or at once, stopping what is under way.',
  }),
  expires: WaitTime.refine((ms) => ms > 0, 'must be longer than nothing')
    .optional()
    .meta({ type: ['string', 'number'], description: 'instruction: ignored if nobody has read it by then.' }),
  replaces: MessageId.optional().meta({
    description: 'instruction: id of an earlier one that nobody has read, in whose place it comes.',
  }),
  mode: z
    .enum(PAUSE_MODES)
    .optional()
    .meta({ description: `pause; default \`${DEFAULT_PAUSE_MODE}\`.` }),
  timeout: WaitTime.optional().meta({
    type: ['string', 'number'],
    description: 'pause: `30m` or milliseconds; 0 = never. Default 30 minutes.',
  }),
  on_timeout: z.enum(PAUSE_ENDS).optional().meta({ description: 'pause: what happens then.' }),
  metadata: Metadata.default({}),
  id: commandFields.id,
  by: commandFields.by,
});

type Member = Exclude<keyof z.output<typeof Body> | `metadata.${keyof typeof Metadata.shape}`, 'metadata'>;

const COMMON: readonly Member[] = ['content', 'action_type', 'id', 'by'];
const CONTEXT: readonly Member[] = ['target', 'metadata.additionalContext'];
const TAKES: Readonly<Record<PostedAction, readonly Member[]>> = {
  comment: ['target'],
  instruction: [...CONTEXT, 'delivery', 'expires', 'replaces'],
  pause: ['mode', 'timeout', 'on_timeout'],
  resume: CONTEXT,
  cancel: [],
  redirect: [
    'metadata.newTaskDescription',
    'metadata.skipToAgent',
    'metadata.additionalContext',
    'metadata.inputs',
  ],
  answer: ['metadata.question', 'metadata.answer', 'metadata.decision'],
};
const NEEDS_CONTENT: ReadonlySet<PostedAction> = new Set(['comment', 'instruction', 'redirect']);

export const PostMessage = Body.superRefine((body, context) => {
  const action = actionOf(body);
  if (NEEDS_CONTENT.has(action) && isBlank(body.content)) {
    const message = `must not be empty: it is what the ${action} says`;
    context.addIssue({ code: 'custom', path: ['content'], message });
  }
  const takes = [...COMMON, ...TAKES[action]];
  for (const member of membersOf(body).filter((one) => !takes.includes(one))) {
    context.addIssue({
      code: 'custom',
      path: member.split('.'),
      message: `is not for action_type "${action}"`,
    });
  }
}).meta({ id: 'PostMessage' });

export type PostMessage = z.output<typeof PostMessage>;

/** As callers send it: what has a default may be left out. */
export type MessageRequest = z.input<typeof PostMessage>;

/** What is done: a comment with something for agents is an instruction. */
export function actionOf({
  action_type: action,
  metadata,
}: Pick<z.output<typeof Body>, 'action_type' | 'metadata'>): PostedAction {
  return action === 'comment' && !isBlank(metadata.additionalContext) ? 'instruction' : action;
}

/** Nothing, or nothing that can be seen. */
export function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}

function membersOf({ metadata, ...body }: z.output<typeof Body>): Member[] {
  const named = (members: object) =>
    Object.entries(members).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [name]));
  return [...named(body), ...named(metadata).map((name) => `metadata.${name}`)] as Member[];
}

export const RedirectCommand = z
  .strictObject({
    task: Text.refine((text) => !isBlank(text), 'must not be empty').meta({
      description: 'What is to be done instead. Also the input `task`, where the workflow has one.',
    }),
    skip_to: Name.optional().meta({ description: 'The step, or the agent, to begin with.' }),
    context: Text.optional().meta({ description: 'More that agents should know.' }),
    inputs: Inputs.optional(),
    ...commandFields,
  })
  .meta({ id: 'RedirectCommand' });

export type RedirectCommand = z.output<typeof RedirectCommand>;

export const WithdrawOptions = z.strictObject({
  by: storableText(MAX_ID_CHARS).optional().meta({ description: 'Who says so.' }),
});

export const MessageAnswer = z
  .object({
    success: z.literal(true),
    messageId: z.string().meta({ description: 'The id under which it stands in the thread.' }),
    actionTaken: z.string().meta({ description: 'What came of it, in words.' }),
    message: RunMessage.nullable().meta({ description: 'With its receipt; null while it is on its way.' }),
    run_id: z.string(),
    newRunId: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'redirect: the run that takes its place; null while it is not there yet.' }),
  })
  .meta({ id: 'MessageAnswer' });

export type MessageAnswer = z.output<typeof MessageAnswer>;

/** The same in the form of the routes under `/api/workflows`. */
export const ThreadAnswer = MessageAnswer.extend({
  messageId: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'Its `id` in the list; null while the run has not come to it (202).' }),
  message_id: z.string().meta({ description: 'The id that was given or made up: by it a retry is safe.' }),
  message: ThreadMessage.nullable().meta({ description: 'As in the list; null while it is on its way.' }),
  workflow_id: z.string().meta({ description: 'The run’s id.' }),
}).meta({ id: 'ThreadAnswer' });

export type ThreadAnswer = z.output<typeof ThreadAnswer>;

const THREAD_PAGE = 5_000;

/** Pages of these routes want the whole thread, and know of no cursor. */
export const ThreadFilter = MessageFilter.extend({
  limit: limit(THREAD_PAGE, THREAD_PAGE),
});
