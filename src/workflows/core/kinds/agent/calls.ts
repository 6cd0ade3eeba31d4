/**
 * The calls of tools that a model's answer asked for: refused where the agent has no such tool, put to a person where
 * its policy says so, dispatched, and collected for the next model call.
 *
 * Calls that may change something run alone and in their order; between them, the others run side by side.
 */
import { countedFormFaults, formFaults, WORKFLOW_COST } from '../../../../expressions/index.ts';
import type { Json, JsonObject } from '../../../../plan/json.ts';
import {
  ASK_USER,
  EDIT_PLAN,
  MAX_QUESTION_BYTES,
  TOOL_ACTIVITY,
  stoppedCall,
} from '../../../../protocol/agent.ts';
import type { ToolActivityInput, ToolActivityOutput, ToolCall } from '../../../../protocol/agent.ts';
import type { ProposedEdit } from '../../../../protocol/editing/proposal.ts';
import { previewOf } from '../../../../protocol/values.ts';
import type { SuppliedValue } from '../../../../protocol/values.ts';
import { note, schedule, startTimer, stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { infraDelay } from '../../kernel/failures.ts';
import type { Judged } from '../../kernel/failures.ts';
import { effectsOf } from '../../steps/anew.ts';
import { ask, callQuestionId } from '../../steps/questions.ts';
import { isCompleteResult, supplied } from '../../kernel/results.ts';
import type { CallState } from '../../kernel/state.ts';
import { failAttempt, failStep, mayRetry } from '../../steps/transitions.ts';
import { CLOSE_MARGIN_MS } from '../../kernel/timeouts.ts';
import { since } from '../../kernel/versions.ts';
import { placeOf } from '../../steps/workspace.ts';
import { AGAIN_MS, decide, planToEdit, policyOf, proposedBy } from '../proposals/decide.ts';
import type { Decided, Proposing } from '../proposals/decide.ts';
import { resumeProposal } from '../proposals/step-proposal.ts';
import { askedText, outcomeText } from '../proposals/words.ts';
import { agentOf, changeAgent, changeCall } from './agent-state.ts';
import type { AgentStep } from './agent-state.ts';
import { isTornCall, TORN_CALL } from './cut-answer.ts';

/** Most calls of one agent under way at once. */
const MAX_OPEN_CALLS = 20;
const MAX_NAMES_CHARS = 300;
const TIMEOUT_MS = 11 * 60_000;
const CHANGING: ReadonlySet<string> = new Set(['write_file', 'edit_file', 'run_command']);
const ANSWER_FORM: JsonObject = { type: 'string' };

/** Works the calls off as far as it goes now; once all are answered the next model call is due. */
export function workOffCalls(draft: Draft, step: AgentStep): void {
  agentOf(draft, step.key).calls.forEach((call, index) => {
    if (call.status === 'new') judgeCall(draft, step, call.call, index);
  });
  dispatchCalls(draft, step);
  collect(draft, step.key);
}

/** What becomes of a new call. */
function judgeCall(draft: Draft, step: AgentStep, call: ToolCall, index: number): void {
  const { tools, approve } = step.spec;
  if (isTornCall(draft, call)) return settleCall(draft, step.key, index, TORN_CALL, true);
  if (!mayUse(tools, call.name)) {
    const known = tools.length === 0 ? 'it has none' : namesFor(draft, tools);
    return settleCall(draft, step.key, index, `There is no tool "${call.name}". Your tools: ${known}.`, true);
  }
  if (call.name === ASK_USER) return askUser(draft, step, call, index);
  // Whoever is asked about an edit is to see what it does: a worker works that out first.
  if (call.name === EDIT_PLAN) return changeCall(draft, step.key, index, { status: 'ready' });
  if (!mayUse(approve, call.name)) return changeCall(draft, step.key, index, { status: 'ready' });
  askApproval(draft, step, call, index);
}

/** Of many tools the first will do: the answers to all calls of a turn travel together. */
function namesFor(draft: Draft, tools: readonly string[]): string {
  const names = tools.join(', ');
  const isShort = names.length <= MAX_NAMES_CHARS || !since(draft.state, 'short_refusals');
  return isShort ? names : `${names.slice(0, MAX_NAMES_CHARS)}…`;
}

/** `*` stands for all, `mcp__SERVER__*` for all of a server. */
function mayUse(names: readonly string[], name: string): boolean {
  return names.some(
    (known) => known === name || (known.endsWith('*') && name.startsWith(known.slice(0, -1))),
  );
}

function askApproval(draft: Draft, step: AgentStep, call: ToolCall, index: number): void {
  const text = `May the agent call ${call.name}?`;
  askAbout(draft, step, index, {
    kind: 'approval',
    prompt: { value: text },
    preview: text,
    form: null,
    call,
  });
}

function askUser(draft: Draft, step: AgentStep, call: ToolCall, index: number): void {
  const asked = wantedOf(draft, call);
  if (typeof asked === 'string') return settleCall(draft, step.key, index, asked, true);
  const { question, form } = asked;
  const preview = previewOf(question);
  const prompt: SuppliedValue = { value: question };
  askAbout(draft, step, index, { kind: 'ask_user', prompt, preview, form, call: null });
}

/** What an agent asks, or what is wrong with it, for the model. */
function wantedOf(
  draft: Draft,
  { input }: ToolCall,
): { readonly question: string; readonly form: JsonObject } | string {
  if (!('value' in input)) {
    return `ask_user takes at most ${MAX_QUESTION_BYTES} bytes of question and form together. Ask more briefly.`;
  }
  const { question, form = null } = (input.value ?? {}) as { question?: unknown; form?: Json };
  if (typeof question !== 'string' || question.trim() === '') {
    return 'ask_user needs {"question": "…"} and, if you want more than a text, "form": a JSON Schema.';
  }
  if (form === null) return { question, form: ANSWER_FORM };
  if (typeof form !== 'object' || Array.isArray(form)) return 'The "form" must be a JSON Schema: a map.';
  const { $schema: _, ...schema } = form as JsonObject;
  const faults = faultsOf(draft, schema);
  if (faults === null) return 'Too many questions are asked at once. Ask this one again.';
  if (faults.length === 0) return { question, form: schema };
  const lines = faults.map(({ at, message }) => `${['form', ...at].join('.')}: ${message}`);
  return `The "form" cannot be used, so nobody was asked. ${lines.join(' ')}`;
}

/** Null when this task has looked at enough. */
function faultsOf(draft: Draft, form: JsonObject): ReturnType<typeof formFaults> | null {
  if (!since(draft.state, 'counted_expressions')) return formFaults(form, 1);
  if (draft.evaluated > WORKFLOW_COST) return null;
  const { faults, units } = countedFormFaults(form);
  draft.evaluated += units;
  return faults;
}

function askAbout(
  draft: Draft,
  step: AgentStep,
  index: number,
  about: {
    readonly kind: 'approval' | 'ask_user';
    readonly prompt: SuppliedValue;
    readonly preview: string;
    readonly form: JsonObject | null;
    readonly call: ToolCall | null;
    readonly edit?: ProposedEdit;
  },
): void {
  const { turns } = agentOf(draft, step.key);
  const { attempt } = stepOf(draft, step.key);
  changeCall(draft, step.key, index, { status: 'asking' });
  ask(draft, {
    id: callQuestionId(draft, step.key, turns, index),
    step: step.key,
    attempt,
    turn: turns,
    approvers: (about.edit === undefined ? null : policyOf(draft, step))?.approvers ?? [],
    needed: 1,
    notStarter: false,
    timeoutMs: null,
    ...about,
  });
}

function dispatchCalls(draft: Draft, step: AgentStep): void {
  const { calls } = agentOf(draft, step.key);
  let open = calls.filter((call) => call.status === 'running').length;
  for (const [index, state] of calls.entries()) {
    const changing = CHANGING.has(state.call.name) || isProposing(state);
    const before = calls.slice(0, index);
    if (changing && before.some((other) => other.status !== 'answered')) return;
    if (state.status === 'ready' && open < MAX_OPEN_CALLS) {
      dispatchCall(draft, step, state, index);
      open += 1;
    }
    if (changing && state.status !== 'answered') return;
  }
}

const isProposing = ({ call, status }: CallState): boolean =>
  call.name === EDIT_PLAN && status !== 'answered';

function dispatchCall(draft: Draft, step: AgentStep, state: CallState, index: number): void {
  const { attempt } = stepOf(draft, step.key);
  const { turns } = agentOf(draft, step.key);
  const { id: runId, workflow } = draft.state.run;
  const { queue, path, kept, bound } = placeOf(draft, step);
  const call = state.edited === undefined ? state.call : { ...state.call, input: state.edited };
  const input: ToolActivityInput = {
    run: { id: runId, workflow, version: draft.state.plan?.version ?? '' },
    step: { key: step.key, title: step.title, attempt, turn: turns, index },
    idempotencyKey: `${effectsOf(draft, step.key, state.epoch)}/${turns}.${index}`,
    call,
    mcp: draft.state.plan?.agents[step.spec.agent]?.mcp[serverOf(call.name)] ?? null,
    workspace: path,
    ...kept,
    timeoutMs: TIMEOUT_MS,
    ...editsOf(draft, step, state),
  };
  const owner = { type: 'call', step: step.key, attempt, turn: turns, index } as const;
  const activityId = schedule(draft, owner, {
    activity: TOOL_ACTIVITY,
    queue,
    summary: `${call.name} ${call.preview}`.slice(0, 200),
    input,
    startToCloseMs: TIMEOUT_MS + CLOSE_MARGIN_MS,
    ...bound,
  });
  changeCall(draft, step.key, index, { status: 'running' });
  note(draft, { type: 'tool_called', step: step.key, attempt, turn: turns, index, call, activityId });
}

function editsOf(draft: Draft, step: AgentStep, state: CallState): Pick<ToolActivityInput, 'edits'> {
  if (state.call.name !== EDIT_PLAN) return {};
  const edits = planToEdit(draft, step, proposingOf(draft, step, state, 0));
  return edits === null ? {} : { edits };
}

function proposingOf(draft: Draft, step: AgentStep, state: CallState, index: number): Proposing {
  const { turns } = agentOf(draft, step.key);
  return {
    step,
    by: step.spec.agent,
    from: { step: step.key, turn: turns, index },
    approved: state.approved === true,
    asks: mayUse(step.spec.approve, EDIT_PLAN),
  };
}

/** The server in `mcp__SERVER__TOOL`. */
function serverOf(name: string): string {
  return /^mcp__(.+?)__/s.exec(name)?.[1] ?? '';
}

/** A tool has answered. */
export function takeCall(draft: Draft, step: AgentStep, index: number, result: unknown): void {
  const output = (result ?? {}) as Partial<ToolActivityOutput>;
  if (!isCompleteResult(output.result)) {
    return settleCall(draft, step.key, index, 'The tool gave no answer.', true);
  }
  const state = agentOf(draft, step.key).calls[index];
  const proposed = proposedBy(output);
  if (state?.call.name === EDIT_PLAN && proposed !== null)
    return takeProposed(draft, step, index, decide(draft, proposed, proposingOf(draft, step, state, index)));
  const { isError, comment } = output;
  answerCall(draft, step.key, index, {
    output: supplied(output.result),
    isError: isError === true,
    preview: output.result.preview,
    comment: typeof comment === 'string' ? comment : 'Tool called',
  });
}

/** What has become of an edit of the plan that the agent proposed. */
function takeProposed(draft: Draft, step: AgentStep, index: number, outcome: Decided): void {
  const call = agentOf(draft, step.key).calls[index]?.call ?? null;
  switch (outcome.kind) {
    case 'again':
      return restCall(draft, step.key, index, AGAIN_MS);
    case 'asks': {
      const { edit } = outcome;
      const text = askedText(`agent ${step.spec.agent}`, edit);
      const preview = text.split('\n', 1)[0] ?? '';
      return askAbout(draft, step, index, {
        ...{ kind: 'approval', prompt: { value: text }, preview, form: null, call, edit },
      });
    }
    default: {
      const { value, isError, comment } = outcomeText(outcome);
      const preview = previewOf(value);
      return answerCall(draft, step.key, index, { output: { value }, isError, preview, comment });
    }
  }
}

/** The machinery failed: tried again after a while. A tool that took too long says so to the model. */
export function failCall(draft: Draft, step: AgentStep, index: number, judged: Judged): void {
  const { error } = judged;
  const state = agentOf(draft, step.key).calls[index];
  if (state === undefined) return;
  if (error.category === 'TASK_ERROR') return settleCall(draft, step.key, index, error.message, true);
  const isKnown = since(draft.state, 'known_tries');
  if (isKnown && error.type === 'reset') return stopCall(draft, step.key, index, 'the run was reset');
  // The run is ending: it stays as it is, under way, for whoever goes on with it.
  if (isKnown && !mayRetry(draft, step)) return;
  const infra = state.infra + 1;
  const delay = infraDelay(infra);
  if (delay === null)
    return isKnown ? failStep(draft, step.key, error) : failAttempt(draft, step.key, judged);
  restCall(draft, step.key, index, delay, infra);
}

function restCall(draft: Draft, key: string, index: number, ms: number, failures?: number): void {
  const state = agentOf(draft, key).calls[index];
  if (state === undefined) return;
  const { call, infra } = state;
  changeCall(draft, key, index, { status: 'resting', infra: failures ?? infra });
  startTimer(draft, 'tool', ms, `retry ${call.name}`, key);
}

/** A rest is over: everything of the step that rests is tried again. */
export function endRest(draft: Draft, key: string): void {
  if (draft.steps[key]?.proposal !== undefined) return resumeProposal(draft, key);
  const calls = draft.steps[key]?.agent?.calls ?? [];
  calls.forEach((call, index) => {
    if (call.status === 'resting') changeCall(draft, key, index, { status: 'ready' });
  });
}

/** A call that the workflow, or a person, answers. */
export function settleCall(draft: Draft, key: string, index: number, answer: Json, isError: boolean): void {
  const state = agentOf(draft, key).calls[index];
  if (state === undefined) return;
  const { attempt } = stepOf(draft, key);
  const { turns } = agentOf(draft, key);
  const preview = previewOf(answer);
  note(draft, {
    type: 'tool_called',
    step: key,
    attempt,
    turn: turns,
    index,
    call: state.call,
    activityId: null,
  });
  const comment = isError ? `${state.call.name}: ${preview}` : `Answered: ${preview}`;
  answerCall(draft, key, index, { output: { value: answer }, isError, preview, comment });
}

/** True once it may have had effects: it was sent to a worker, and nothing is known of its end. */
export function mayHaveActed({ call, status, infra }: CallState): boolean {
  if (call.name === EDIT_PLAN) return false;
  return status !== 'answered' && (status === 'running' || infra > 0);
}

/** A call that was stopped before its end: the model is told, and judges what to do again. @param why in a few words */
export function stopCall(draft: Draft, key: string, index: number, why: string): void {
  const name = agentOf(draft, key).calls[index]?.call.name ?? '';
  const text = stoppedCall(why);
  const preview = previewOf(text);
  answerCall(draft, key, index, {
    output: { value: text },
    isError: true,
    preview,
    comment: `${name} was stopped`,
  });
}

function answerCall(
  draft: Draft,
  key: string,
  index: number,
  answer: { output: SuppliedValue; isError: boolean; preview: string; comment: string },
): void {
  const { attempt } = stepOf(draft, key);
  const { turns, calls } = agentOf(draft, key);
  const { output, isError, preview, comment } = answer;
  changeCall(draft, key, index, { status: 'answered', answer: { output, isError } });
  const name = calls[index]?.call.name ?? '';
  note(draft, {
    type: 'tool_answered',
    step: key,
    attempt,
    turn: turns,
    index,
    name,
    isError,
    output,
    preview,
    comment,
  });
}

/** All answers together go to the model, in the order of its calls. */
function collect(draft: Draft, key: string): void {
  const { calls, append } = agentOf(draft, key);
  if (!calls.every((call) => call.status === 'answered')) return;
  const results = calls.flatMap(({ call, answer }) =>
    answer === undefined ? [] : [{ call: call.id, name: call.name, ...answer }],
  );
  // Notices that came meanwhile follow the answers: a vendor takes nothing between calls and answers.
  changeAgent(draft, key, {
    phase: 'call',
    calls: [],
    append: [{ type: 'tool_results', results }, ...append],
  });
}
