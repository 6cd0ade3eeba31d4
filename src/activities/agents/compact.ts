/**
 * A turn that summarises the older turns of its session instead of going on. Like an answer the summary is stored before
 * it is handed on, under what it is of: tried again, the turn finds it and calls nobody. Where it fails, nothing has
 * changed.
 */
import type { TurnInput, TurnOutput } from '../../protocol/agent.ts';
import type { SessionRef } from '../../protocol/usage.ts';
import { previewOf } from '../../protocol/values.ts';
import { withDetails, type ActivityDeps } from '../frame.ts';
import { StepFailure } from '../step-failure.ts';
import { ask, type Answered } from './ask.ts';
import { COMPACTION_SYSTEM, compactionText, keptBytes } from './compaction-request.ts';
import { messagesOf } from './conversation.ts';
import { shown } from './enter-session.ts';
import type { ModelName } from './models.ts';
import type { Providers } from './providers/index.ts';
import type { ModelRequest } from './providers/provider.ts';
import { coverageOf, seenOf, type Coverage } from './session/compacted.ts';
import { nodeAfter } from './session/node.ts';
import type { TurnKey } from './session/select-turn.ts';
import { storeTurn, type Branch } from './session/session-store.ts';
import { windowOf } from './window.ts';

interface Compaction {
  readonly input: TurnInput;
  readonly session: SessionRef;
  readonly branch: Branch;
  readonly model: ModelName;
  readonly key: TurnKey;
  readonly signal: AbortSignal;
}

/** @throws StepFailure `compaction_failed`, and what a model call throws, with the usage where there is one */
export async function compact(
  deps: ActivityDeps & { readonly providers: Providers },
  compaction: Compaction,
): Promise<TurnOutput> {
  const seen = seenOf(compaction.branch);
  const window = windowFor(compaction);
  const coverage = coverageOf(seen, keptBytes(window));
  if (coverage === null) throw failed('there are no turns yet that are old enough');
  const [prompt] = await messagesOf(deps.database, seen.beginning);
  const messages = await messagesOf(deps.database, coverage.entries);
  const task = prompt?.role === 'user' ? prompt.text : '';
  const text = compactionText(task, seen.summary?.text ?? null, messages, window);
  const answered = await ask(requestOf(compaction, text), deps.providers);
  try {
    return await keep(deps, compaction, coverage, answered);
  } catch (error) {
    throw withDetails(error, { usage: answered.usage });
  }
}

function windowFor({ input: { compact: wanted }, model: { provider, model } }: Compaction): number | null {
  return wanted?.window ?? windowOf([model], { providerId: provider });
}

function requestOf({ input, model, signal }: Compaction, text: string): ModelRequest {
  const { run, step } = input;
  return {
    model,
    system: COMPACTION_SYSTEM,
    messages: [{ role: 'user', text }],
    tools: [],
    temperature: null,
    // The agent's own ceiling is for its answers.
    maxOutputTokens: input.maxOutputTokens,
    signal,
    caller: { workflow: run.workflow, step: step.key, attempt: step.attempt, turn: step.turn },
  };
}

async function keep(
  deps: ActivityDeps,
  { session, branch, key, signal }: Compaction,
  { from, to, entries }: Coverage,
  { answer, usage }: Answered,
): Promise<TurnOutput> {
  if (usage.finishReason === 'length') throw failed('the summary was cut at its token limit');
  if (answer.text.trim() === '') throw failed('the model gave no summary');
  const entry = shown(deps, {
    role: 'summary',
    content: { text: answer.text, from, to, provider: usage.provider, model: usage.model },
  } as const);
  const node = nodeAfter(session.id, branch.at(-1) ?? null, entry);
  const output: TurnOutput = {
    ...{ session, head: node.hash, usage, preview: previewOf(entry.content.text) },
    ...{ calls: [], result: null, correction: null, replayed: false },
    compacted: { entries: entries.length },
  };
  return { ...(await storeTurn(deps.database, { key, answer: node, output }, signal)), usage };
}

function failed(why: string): StepFailure {
  return new StepFailure('compaction_failed', `The older turns could not be summarised: ${why}.`);
}
