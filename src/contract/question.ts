/** Questions that runs put to people as JSON, and what an answer takes. */
import * as z from 'zod';
import { QUESTION_KINDS, QUESTION_STATUSES } from '../protocol/question.ts';
import { DECISIONS, MAX_MESSAGE_CHARS } from '../protocol/signals.ts';
import type { Form } from './shared/form.ts';
import { commandFields } from './command.ts';
import {
  Cursor,
  JsonValue,
  RunId,
  StepKey,
  Timestamp,
  WorkflowName,
  jsonOf,
  limit,
  listOf,
  storableText,
} from './shared/common.ts';

const Names = z.array(z.string());

const ProposedEdit = z
  .object({
    revision: z.number().int().meta({ description: 'Of the plan that it was made of.' }),
    reason: z.string().nullable(),
    added: z.array(
      z.object({
        step: z.string(),
        kind: z.string(),
        agent: z.string().nullable(),
        dependencies: Names,
      }),
    ),
    removed: Names,
    changed: z.array(z.object({ step: z.string(), members: Names })),
    rewired: z
      .array(z.object({ step: z.string(), dependencies: Names }))
      .meta({ description: 'Steps that only wait for others, and for which.' }),
  })
  .meta({
    id: 'ProposedEdit',
    description: 'What a yes would do to the plan of the run; the edits stand in `call`.',
  });

export const Question = z
  .object({
    run_id: z.string(),
    workflow: z.string(),
    id: z.string(),
    kind: z.enum(QUESTION_KINDS).meta({
      description:
        '`ask`: a step; `ask_user`: an agent asks; `approval`: a tool’s call waits for a yes; `limit`: an agent has ' +
        'reached a limit.',
    }),
    step: z.string(),
    attempt: z.number().int(),
    turn: z.number().int().nullable(),
    status: z.enum(QUESTION_STATUSES),
    prompt: JsonValue.meta({ description: 'Whole; above 256 KB `{"$blob": hash, "bytes": n}`.' }),
    preview: z.string().meta({ description: 'The prompt, cut.' }),
    form: jsonOf<Form | null>('JSON Schema that an answer must fit, or null.'),
    call: z
      .object({ id: z.string(), name: z.string(), input: JsonValue, preview: z.string() })
      .nullable()
      .meta({ description: 'The call that waits for a yes, with its exact arguments.' }),
    edit: ProposedEdit.nullable(),
    approvers: z.array(z.string()).meta({ description: 'Who may answer; empty: everybody.' }),
    needed: z.number().int().meta({ description: 'How many different people must answer.' }),
    not_starter: z.boolean().meta({ description: 'Whoever started the run may not answer.' }),
    answers: z.array(
      z.object({
        by: z.string().nullable(),
        at: Timestamp,
        answer: JsonValue,
        decision: z.enum(DECISIONS).nullable(),
      }),
    ),
    asked_at: Timestamp,
    expires_at: Timestamp.nullable(),
    closed_at: Timestamp.nullable(),
  })
  .meta({ id: 'Question' });

export type Question = z.output<typeof Question>;

/** Filters of the questions of one run. */
export const RunQuestionFilter = z.strictObject({
  status: listOf(QUESTION_STATUSES)
    .optional()
    .meta({ description: 'Comma list of statuses.', type: 'string' }),
  step: StepKey.optional(),
  kind: listOf(QUESTION_KINDS).optional().meta({ description: 'Comma list of kinds.', type: 'string' }),
  limit: limit(200, 50),
  cursor: Cursor,
});

/** Filters of the questions of all runs. */
export const QuestionFilter = RunQuestionFilter.extend({
  status: listOf(QUESTION_STATUSES)
    .default(['open'])
    .meta({ description: 'Comma list of statuses (open).', type: 'string' }),
  workflow: WorkflowName.optional(),
  run: RunId.optional(),
});

export const AnswerCommand = z
  .strictObject({
    ...commandFields,
    question: storableText(1_000).min(1).meta({ description: 'The question’s id.' }),
    answer: JsonValue.optional().meta({
      description:
        'What fits the question’s form; to a tool’s call with `decision: edit`, its new arguments.',
    }),
    decision: z
      .enum(DECISIONS)
      .optional()
      .meta({ description: 'To a tool’s call that waits for a yes. `reason` goes to the agent on a no.' }),
    reason: storableText(MAX_MESSAGE_CHARS).optional(),
  })
  .meta({ id: 'AnswerCommand' });

export type AnswerCommand = z.output<typeof AnswerCommand>;
