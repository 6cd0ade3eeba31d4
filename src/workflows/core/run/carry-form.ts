/** The form of a state that was carried from another execution, or taken from a checkpoint or a redirected run. */
import * as v from 'valibot';
import type { Json } from '../../../plan/json.ts';
import {
  count,
  flag,
  json,
  jsonObject,
  limits,
  text,
  textOrNull,
  texts,
  type Form,
} from '../../../plan/plan-form.ts';
import type { Appended, ToolCall } from '../../../protocol/agent.ts';
import type { FailureCode, StepError } from '../../../protocol/failure.ts';
import type { Answer } from '../../../protocol/question.ts';
import { LIMIT_NAMES } from '../../../protocol/limits.ts';
import { DECISIONS, DELIVERIES, PAUSE_ENDS, PAUSE_MODES } from '../../../protocol/signals.ts';
import { STEP_STATUSES } from '../../../protocol/status.ts';
import { redirectedForm } from '../../../protocol/envelope-form.ts';
import type { TerminalReason } from '../../../protocol/terminal-reason.ts';
import type { BlobRef, StepResult, SuppliedValue } from '../../../protocol/values.ts';
import type { Carried } from './carried.ts';
import type {
  AgentState,
  CallState,
  InboxMessage,
  LimitName,
  QuestionState,
  RunState,
  SegmentState,
  SpentState,
  StepState,
  Timer,
  TimerPurpose,
  WorkspaceState,
} from '../kernel/state.ts';
import type { Handover } from './successor.ts';

/** Every member once: what is missing or too much does not compile. */
const oneOf = <T extends string>(members: Readonly<Record<T, true>>): Form<T> =>
  v.picklist(Object.keys(members) as T[]);

/** Lists that grow without a new version, and that nothing is decided by here. */
const word = <T extends string>(): Form<T> => v.custom<T>((value) => typeof value === 'string');

const time = v.number();
const timeOrNull = v.nullable(time);
const timerName = v.pipe(text, v.regex(/^t\d+$/, 'a timer is named t1, t2 …'));
const timerOrNull = v.nullable(timerName);
const moneyOrNull = v.nullable(count);
const blobRef: Form<BlobRef> = v.object({ $blob: text, bytes: count });
const supplied: Form<SuppliedValue> = v.union([v.object({ value: json }), v.object({ ref: blobRef })]);

const result: Form<StepResult> = v.object({
  value: v.exactOptional(json),
  ref: v.exactOptional(blobRef),
  kept: v.exactOptional(v.record(text, json)),
  bytes: count,
  preview: text,
});

const error: Form<StepError> = v.object({
  type: word<FailureCode>(),
  category: v.picklist(['TASK_ERROR', 'INFRA_ERROR']),
  message: text,
  attempt: count,
  data: v.exactOptional(jsonObject),
});

export const toolCallForm: Form<ToolCall> = v.object({
  id: text,
  name: text,
  input: supplied,
  preview: text,
  cut: v.exactOptional(v.literal(true)),
});
const callState: Form<CallState> = v.object({
  call: toolCallForm,
  status: v.picklist(['new', 'asking', 'ready', 'running', 'resting', 'answered']),
  infra: count,
  edited: v.exactOptional(supplied),
  epoch: v.exactOptional(text),
  answer: v.exactOptional(v.object({ output: supplied, isError: flag })),
});

const appended: Form<Appended> = v.variant('type', [
  v.object({
    type: v.literal('tool_results'),
    results: v.array(v.object({ call: text, name: text, output: supplied, isError: flag })),
  }),
  v.object({
    type: v.literal('user'),
    source: v.picklist(['continue', 'correction', 'cut', 'notice', 'instruction', 'redirect']),
    text,
    by: textOrNull,
  }),
]);

const limitName: Form<LimitName> = v.picklist(LIMIT_NAMES);
const segment: Form<SegmentState> = v.object({
  number: count,
  limits,
  turns: count,
  tokens: count,
  costMicros: moneyOrNull,
  startedAt: time,
  warned: v.array(limitName),
});

const reserved = v.object({ tokens: v.number(), costMicros: v.number() });
const agent: Form<AgentState> = v.object({
  phase: v.picklist(['call', 'tools']),
  session: v.nullable(v.object({ id: text, name: text })),
  head: textOrNull,
  turns: count,
  model: count,
  passes: v.exactOptional(v.nullable(v.number())),
  corrections: count,
  cuts: v.exactOptional(count),
  append: v.array(appended),
  calls: v.array(callState),
  segment,
  context: v.exactOptional(v.object({ tokens: count, window: v.nullable(count) })),
  compact: v.exactOptional(v.picklist(['asked', 'needed'])),
  compacting: v.exactOptional(v.picklist(['near', 'asked', 'needed'])),
  compactedAt: v.exactOptional(count),
  reserved,
});

const step: Form<StepState> = v.object({
  status: v.picklist(STEP_STATUSES),
  attempt: count,
  group: count,
  infra: count,
  epoch: v.exactOptional(text),
  startedAt: timeOrNull,
  completedAt: timeOrNull,
  result: v.exactOptional(result),
  error: v.exactOptional(error),
  reason: v.exactOptional(text),
  tolerated: v.exactOptional(v.literal(true)),
  agent: v.exactOptional(agent),
});
const steps = v.record(text, step);

const answer: Form<Answer> = v.object({
  by: textOrNull,
  at: time,
  answer: json as Form<Json>,
  decision: v.nullable(v.picklist(DECISIONS)),
});

const question: Form<QuestionState> = v.object({
  id: text,
  kind: v.picklist(['ask', 'ask_user', 'approval', 'limit']),
  step: text,
  attempt: count,
  turn: v.nullable(count),
  prompt: supplied,
  preview: text,
  form: v.nullable(jsonObject),
  call: v.nullable(toolCallForm),
  approvers: texts,
  needed: count,
  notStarter: flag,
  askedAt: time,
  expiresAt: timeOrNull,
  answers: v.array(answer),
  timer: timerOrNull,
});

const workspace: Form<WorkspaceState> = v.object({
  status: v.picklist(['opening', 'ready', 'failed', 'forgotten']),
  generation: count,
  branch: v.exactOptional(text),
  path: textOrNull,
  queue: textOrNull,
  commit: textOrNull,
  readyAt: timeOrNull,
  infra: count,
  error: v.exactOptional(error),
});

const consumed = {
  turns: count,
  tokens: count,
  costMicros: moneyOrNull,
  largest: v.object({ tokens: v.number(), costMicros: v.number() }),
};
const spent: Form<SpentState> = v.object({
  limits,
  ...consumed,
  startedAt: time,
  warned: v.array(limitName),
});

const purpose: Form<TimerPurpose> = oneOf({
  retry: true,
  wait: true,
  pause: true,
  request: true,
  grace: true,
  timeout: true,
  drain: true,
  yield: true,
  outputs: true,
  question: true,
  workspace: true,
  tool: true,
  message: true,
});
const timer: Form<Timer> = v.object({ for: purpose, step: textOrNull, dueAt: time });

const paused: Form<RunState['paused']> = v.nullable(
  v.object({
    requestedAt: time,
    reason: textOrNull,
    by: textOrNull,
    mode: v.picklist(PAUSE_MODES),
    busy: count,
    waitsFor: texts,
    holds: flag,
    frozen: v.array(v.object({ id: timerName, for: purpose, step: textOrNull, leftMs: v.number() })),
    onTimeout: v.picklist(PAUSE_ENDS),
    timer: timerOrNull,
  }),
);

const inboxMessage: Form<InboxMessage> = v.object({
  key: text,
  id: textOrNull,
  by: textOrNull,
  text,
  target: textOrNull,
  delivery: v.picklist(DELIVERIES),
  timer: timerOrNull,
  recipients: v.nullable(v.array(v.object({ step: text, turn: v.nullable(count) }))),
  answered: flag,
});

export const carriedForm: Form<Carried> = v.object({
  phase: v.picklist(['loading', 'running', 'outputs', 'cancelling', 'closed']),
  run: v.object({ id: text, workflow: text, epoch: text }),
  startedAt: time,
  steps,
  paused,
  failure: v.nullable(v.object({ step: text, error })),
  cancel: v.nullable(
    v.object({ reason: textOrNull, by: textOrNull, requested: flag, terminal: word<TerminalReason>() }),
  ),
  redirect: v.nullable(
    v.object({
      status: v.picklist(['stopping', 'starting', 'started']),
      to: text,
      handover: redirectedForm,
      inputs: jsonObject,
    }),
  ),
  briefing: v.nullable(appended),
  inbox: v.array(inboxMessage),
  messageSeq: count,
  questions: v.record(text, question),
  workspace: v.nullable(workspace),
  spent,
  timers: v.record(timerName, timer),
  seen: texts,
  timerSeq: count,
  drain: textOrNull,
  nextDrainAt: v.number(),
  outputAttempt: count,
});

export const handoverForm: Form<Handover> = v.object({
  steps,
  used: v.object({ ...consumed, ms: v.number() }),
  workspace: v.nullable(workspace),
});
