/**
 * A turn's model call: dispatched when the limits leave room for it, counted when it has answered, and what its answer
 * or failure leads to.
 */
import type { AgentState } from '../../kernel/state.ts';
import type { Opening, TurnInput, TurnOutput } from '../../../../protocol/agent.ts';
import type { StepResult } from '../../../../protocol/values.ts';
import { changeStep, note, schedule, stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { judge, stepError } from '../../kernel/failures.ts';
import type { Judged } from '../../kernel/failures.ts';
import { answerMessages, isAwaited, readMessages } from '../../people/inbox.ts';
import { isCompleteResult } from '../../kernel/results.ts';
import { effectsOf } from '../../steps/anew.ts';
import { completeStep, failAttempt } from '../../steps/transitions.ts';
import { CLOSE_MARGIN_MS } from '../../kernel/timeouts.ts';
import { suppliedValues } from '../../kernel/values.ts';
import { since } from '../../kernel/versions.ts';
import { placeOf } from '../../steps/workspace.ts';
import { areToolCalls } from './agent-form.ts';
import { NOTHING_RESERVED, agentOf, changeAgent } from './agent-state.ts';
import type { AgentStep } from './agent-state.ts';
import {
  compactOnContinuation,
  compactionDue,
  compactsFirst,
  contextAfter,
  failCompaction,
  takeCompaction,
} from './compaction.ts';
import { askForRest, cutOf, failCut, isTornCall, withoutLostRest } from './cut-answer.ts';
import { account, limitReached, reserve, timeLeft } from './limits.ts';
import { rememberFailure, sameTry, withRecovery } from './models-recover.ts';

/** Most ms of a turn when its definition does not say. */
export const TURN_TIMEOUT_MS = 15 * 60_000;

/** Answers in a row that may miss the schema before the attempt fails. */
const MAX_CORRECTIONS = 3;

/** Failures that another model may not have. */
const PROVIDER_FAILURES: ReadonlySet<string> = new Set([
  'model_error',
  'model_rate_limited',
  'model_refused',
  'model_unauthorized',
  'model_unknown',
  'prompt_too_large',
  'connection_refused',
  'timeout',
]);

/** Dispatches the next model call; without room for it, it waits for those under way. */
export function callModel(draft: Draft, step: AgentStep): void {
  const allowance = reserve(draft, step.key);
  if (allowance === null) return;
  const compacts = compactionDue(draft, step);
  if (compacts === null) takeWords(draft, step);
  else changeAgent(draft, step.key, { compacting: compacts });
  const { attempt } = stepOf(draft, step.key);
  const agent = agentOf(draft, step.key);
  const turn = agent.turns + 1;
  const input = turnInput(draft, step, allowance.maxOutputTokens);
  const { queue, bound } = placeOf(draft, step);
  changeAgent(draft, step.key, { reserved: allowance.reserved });
  const activityId = schedule(
    draft,
    { type: 'turn', step: step.key, attempt, turn },
    {
      activity: 'agent',
      queue,
      summary: turn === 1 ? step.title : `${step.title} (turn ${turn})`,
      input,
      startToCloseMs: input.timeoutMs + CLOSE_MARGIN_MS,
      ...bound,
    },
  );
  note(draft, {
    type: 'agent_turn',
    step: step.key,
    attempt,
    turn,
    segment: agent.segment.number,
    model: input.model,
    activityId,
    ...(compacts === null ? {} : { compacts }),
  });
}

/** What people have said meanwhile goes along with the call. */
function takeWords(draft: Draft, step: AgentStep): void {
  const { turns } = agentOf(draft, step.key);
  const said = readMessages(draft, { key: step.key, name: step.spec.agent }, turns + 1);
  if (said.length > 0) {
    changeAgent(draft, step.key, { append: [...agentOf(draft, step.key).append, ...said] });
  }
  changeAgent(draft, step.key, { append: withoutLostRest(agentOf(draft, step.key).append) });
}

function turnInput(draft: Draft, step: AgentStep, maxOutputTokens: number | null): TurnInput {
  const { attempt } = stepOf(draft, step.key);
  const { session, head, turns, model, append, compacting, context } = agentOf(draft, step.key);
  const { id: runId, workflow } = draft.state.run;
  const turn = turns + 1;
  const own = step.timeoutMs ?? TURN_TIMEOUT_MS;
  return {
    run: { id: runId, workflow, version: draft.state.plan?.version ?? '' },
    step: { key: step.key, title: step.title, attempt, turn },
    idempotencyKey: `${effectsOf(draft, step.key)}/${turn}`,
    model: step.spec.models[model] ?? null,
    session: session === null || head === null ? null : { ref: session, head },
    opening: head === null ? openingOf(draft, step) : null,
    append: compacting === undefined ? append : [],
    maxOutputTokens,
    keep: step.keep,
    workspace: placeOf(draft, step).path,
    timeoutMs: Math.min(own, timeLeft(draft, step.key) ?? own),
    ...(compacting === undefined
      ? {}
      : { compact: { window: step.spec.contextWindow ?? context?.window ?? null } }),
  };
}

function openingOf(draft: Draft, step: AgentStep): Opening {
  const profile = draft.state.plan?.agents[step.spec.agent];
  return {
    spec: step.spec,
    system: profile?.system ?? '',
    mcp: profile?.mcp ?? {},
    values: suppliedValues(draft, step.uses),
  };
}

/** The model has answered: the agent is done, has calls to make, or is to correct itself. */
export function takeTurn(draft: Draft, step: AgentStep, result: unknown): void {
  const { key } = step;
  const { attempt } = stepOf(draft, key);
  account(draft, key, result);
  changeAgent(draft, key, { reserved: NOTHING_RESERVED });
  if (agentOf(draft, key).compacting !== undefined) return takeCompaction(draft, step, result);
  const output = turnOutputOf(result, since(draft.state, 'checked_forms'));
  if (output === null) {
    const message = 'the activity did not answer with a turn';
    return failAttempt(draft, key, judge({ kind: 'other', message }, attempt));
  }
  const agent = agentOf(draft, key);
  const { session, head } = output;
  const answered = {
    session,
    head,
    turns: agent.turns + 1,
    append: [],
    corrections: 0,
    ...uncut(agent),
    ...contextAfter(draft, output),
  } as const;
  // The retry budget is for one turn.
  changeStep(draft, key, { group: 1, infra: 0 });
  answerMessages(draft, key);
  const cut = cutOf(draft, output);
  if (cut !== undefined && output.calls.length === 0) {
    changeAgent(draft, key, { ...answered, ...(agent.cuts === undefined ? {} : { cuts: agent.cuts }) });
    return askForRest(draft, step, cut);
  }
  if (output.correction !== null)
    return correct(
      draft,
      step,
      { ...output, correction: output.correction },
      agent.corrections + 1,
      answered,
    );
  if (output.calls.length === 0) {
    changeAgent(draft, key, answered);
    // Somebody has said something meanwhile: it is not done before it has heard that.
    if (isAwaited(draft, key) && limitReached(draft, key) === null) return;
    return completeStep(draft, key, output.result as StepResult);
  }
  const calls = output.calls.map((call) => ({ call, status: 'new', infra: 0 }) as const);
  const torn = output.calls.some((call) => isTornCall(draft, call));
  const corrections = torn ? agent.corrections + 1 : 0;
  changeAgent(draft, key, { ...answered, phase: 'tools', calls, corrections });
  if (corrections > MAX_CORRECTIONS) failCut(draft, key);
}

/** Answers in a row that were cut end with one that is whole. */
function uncut({ cuts }: AgentState): Pick<AgentState, 'cuts'> {
  return cuts === undefined ? {} : { cuts: 0 };
}

function correct(
  draft: Draft,
  { key }: AgentStep,
  { correction, preview }: Pick<TurnOutput, 'preview'> & { readonly correction: string },
  corrections: number,
  answered: Partial<ReturnType<typeof agentOf>>,
): void {
  const { attempt } = stepOf(draft, key);
  const entry = { type: 'user', source: 'correction', text: correction, by: null } as const;
  changeAgent(draft, key, { ...answered, append: [entry], corrections });
  if (corrections <= MAX_CORRECTIONS) {
    return note(draft, {
      type: 'agent_corrected',
      step: key,
      attempt,
      turn: agentOf(draft, key).turns,
      correction,
    });
  }
  changeAgent(draft, key, { corrections: 0 });
  const bare = stepError('model_output_invalid', correction, attempt);
  const error = since(draft.state, 'telling_errors') ? { ...bare, data: { text: preview } } : bare;
  // The corrections were its further tries; each answer gives the retry budget back, so these would have no end.
  failAttempt(draft, key, { error, retryable: false, retryAfterMs: 0 });
}

/** The call failed: another model, another try, or the end of the step. */
export function failTurn(draft: Draft, step: AgentStep, judged: Judged, words: unknown): void {
  const { key } = step;
  account(draft, key, words);
  changeAgent(draft, key, { reserved: NOTHING_RESERVED });
  if (agentOf(draft, key).compacting !== undefined) return failCompaction(draft, step, judged);
  if (endedByLimit(draft, key, judged) || compactsFirst(draft, step, judged)) return;
  const { model } = agentOf(draft, key);
  const next = step.spec.models[model + 1];
  const ofProvider = PROVIDER_FAILURES.has(judged.error.type);
  if (next !== undefined && ofProvider) {
    return fallBack(draft, step, judged, next);
  }
  const counts = ofProvider ? withRecovery(draft, key, judged) : judged;
  changeAgent(draft, key, { model: 0 });
  compactOnContinuation(draft, key, judged);
  failAttempt(draft, key, counts);
}

/** The limits left too little for a single word: the agent comes to them next. */
function endedByLimit(draft: Draft, key: string, { error }: Judged): boolean {
  if (error.type !== 'answer_cut' || !since(draft.state, 'cut_answers')) return false;
  if (limitReached(draft, key) === null) return false;
  changeAgent(draft, key, { turns: agentOf(draft, key).turns + 1 });
  return true;
}

/** Another model is asked at once. */
function fallBack(draft: Draft, { key, spec }: AgentStep, judged: Judged, next: string): void {
  const { error } = judged;
  rememberFailure(draft, key, judged);
  const { attempt } = stepOf(draft, key);
  const { model } = agentOf(draft, key);
  note(draft, { type: 'step_retrying', step: key, attempt, error, delayMs: 0 });
  note(draft, {
    type: 'agent_fallback',
    step: key,
    attempt,
    from: spec.models[model] ?? null,
    to: next,
    error,
  });
  changeAgent(draft, key, { model: model + 1 });
  changeStep(draft, key, { status: 'pending', infra: 0, error, ...sameTry(draft, key) });
}

/** @param checked are the calls looked at one by one? */
function turnOutputOf(result: unknown, checked: boolean): TurnOutput | null {
  const output = (result ?? {}) as Partial<TurnOutput>;
  const complete =
    typeof output.session?.id === 'string' &&
    typeof output.head === 'string' &&
    Array.isArray(output.calls) &&
    (!checked || areToolCalls(output.calls)) &&
    (output.calls.length > 0 || typeof output.correction === 'string' || isCompleteResult(output.result));
  return complete ? { ...(output as TurnOutput), correction: output.correction ?? null } : null;
}
