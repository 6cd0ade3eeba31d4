/** The form of a state that was carried from another execution, or taken from a checkpoint or a redirected run. */
import * as v from 'valibot';
import type { Json } from '../../../plan/json.ts';
import {
  count,
  flag,
  json,
  jsonObject,
  limits,
  path,
  text,
  textOrNull,
  texts,
  type Form,
} from '../../../plan/forms.ts';
import type { ProposedEdit } from '../../../protocol/editing/proposal.ts';
import type { FailureCode, StepError } from '../../../protocol/failure.ts';
import type { NewLimits } from '../../../protocol/new-limits.ts';
import type { Answer } from '../../../protocol/question.ts';
import { DECISIONS, DELIVERIES, PAUSE_ENDS, PAUSE_MODES } from '../../../protocol/signals.ts';
import { STEP_STATUSES } from '../../../protocol/status.ts';
import { redirectedForm } from '../../../protocol/envelope-form.ts';
import type { TerminalReason } from '../../../protocol/terminal-reason.ts';
import type { StepResult } from '../../../protocol/values.ts';
import type { Carried } from './carried.ts';
import type {
  InboxMessage,
  ProposalState,
  QuestionState,
  RunState,
  ScopeState,
  SpentState,
  StepState,
  Timer,
  WorkspaceState,
} from '../kernel/state.ts';
import { TIMERS } from '../kernel/timers.ts';
import type { TimerPurpose } from '../kernel/timers.ts';
import {
  appended,
  blobRef,
  limitName,
  moneyOrNull,
  supplied,
  takenSnapshotForm,
  time,
  timeOrNull,
  toolCallForm,
  wantedFilesForm,
} from '../kernel/forms.ts';
import { agentForm } from '../kinds/agent/agent-form.ts';
import type { Handover } from './successor.ts';

/** Lists that grow without a new version, and that nothing is decided by here. */
const word = <T extends string>(): Form<T> => v.custom<T>((value) => typeof value === 'string');

const timerName = v.pipe(text, v.regex(/^t\d+$/, 'a timer is named t1, t2 …'));
const timerOrNull = v.nullable(timerName);
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

const newLimits: Form<NewLimits> = v.object({
  maxTurns: v.exactOptional(count),
  maxTokens: v.exactOptional(count),
  maxCostMicros: v.exactOptional(count),
  maxDurationMs: v.exactOptional(count),
});

const proposal: Form<ProposalState> = v.object({
  status: v.picklist(['ready', 'running', 'asking', 'resting']),
  result,
  infra: count,
  approved: v.exactOptional(v.literal(true)),
  edited: v.exactOptional(supplied),
});

const step: Form<StepState> = v.object({
  status: v.picklist(STEP_STATUSES),
  attempt: count,
  group: count,
  infra: count,
  epoch: v.exactOptional(text),
  revision: v.exactOptional(count),
  startedAt: timeOrNull,
  completedAt: timeOrNull,
  result: v.exactOptional(result),
  error: v.exactOptional(error),
  reason: v.exactOptional(text),
  tolerated: v.exactOptional(v.literal(true)),
  keep: v.exactOptional(v.array(path)),
  held: v.exactOptional(v.object({ by: textOrNull, reason: textOrNull, at: time })),
  lastTry: v.exactOptional(v.literal(true)),
  decided: v.exactOptional(v.literal(true)),
  limits: v.exactOptional(newLimits),
  anew: v.exactOptional(v.object({ attempt: count, segment: v.exactOptional(count) })),
  proposal: v.exactOptional(proposal),
  agent: v.exactOptional(agentForm),
  tally: v.exactOptional(v.object({ begun: count, good: count, bad: count, stopped: v.exactOptional(text) })),
});
const failure = v.nullable(v.object({ step: text, error }));
const scope: Form<ScopeState> = v.object({
  index: v.union([count, text]),
  item: supplied,
  failure,
  ended: v.exactOptional(v.literal(true)),
});
const steps = v.record(text, step);

const answer: Form<Answer> = v.object({
  by: textOrNull,
  at: time,
  answer: json as Form<Json>,
  decision: v.nullable(v.picklist(DECISIONS)),
});

const proposedEdit: Form<ProposedEdit> = v.object({
  revision: count,
  reason: textOrNull,
  added: v.array(v.object({ step: text, kind: text, agent: textOrNull, dependencies: texts })),
  removed: texts,
  changed: v.array(v.object({ step: text, members: texts })),
  rewired: v.array(v.object({ step: text, dependencies: texts })),
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
  edit: v.exactOptional(proposedEdit),
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
  snapshot: v.exactOptional(takenSnapshotForm),
  wanted: v.exactOptional(wantedFilesForm),
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

const purpose: Form<TimerPurpose> = v.picklist(Object.keys(TIMERS) as TimerPurpose[]);
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
  failure,
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
  scopes: v.exactOptional(v.record(text, scope)),
  revision: v.exactOptional(count),
  gained: v.exactOptional(v.record(text, text)),
});

export const handoverForm: Form<Handover> = v.object({
  steps,
  used: v.object({ ...consumed, ms: v.number() }),
  workspace: v.nullable(workspace),
});
