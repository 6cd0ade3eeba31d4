/**
 * Activity `agent`: one turn, that is one model call, in a session.
 *
 * An answer is stored before it is handed on, under what it answers; so a turn that is tried again, because its worker
 * died after the vendor had answered, finds its answer and calls nobody. What a call consumed travels with the answer,
 * and with the failure or the cancel that ends it instead. A call that is under way when its worker dies is paid again.
 *
 * A cancel ends it with an AbortedTurn: what the model had said stays in the session, as it does where the vendor breaks off. An answer that had come whole
 * before is stored, and completes the turn.
 *
 * A turn may summarise older ones instead (compact.ts); nobody reads that while it comes.
 */
import type { Json } from '../../plan/json.ts';
import type { TurnActivity, TurnInput, TurnOutput } from '../../protocol/agent.ts';
import type { SessionRef } from '../../protocol/usage.ts';
import type { CallStream, Streamer } from '../../streaming/streamer.ts';
import { effectOfTurn } from '../effects/effect-of.ts';
import { endOf, framed, withDetails, type ActivityDeps, type Frame } from '../frame.ts';
import { StepFailure } from '../step-failure.ts';
import { ask, type Answered } from './ask.ts';
import { compact } from './compact.ts';
import { conversationOf, type Conversation } from './conversation.ts';
import { enterSession, type OfferTools } from './enter-session.ts';
import { chooseModel, type ModelName, type ModelSettings } from './models.ts';
import { keepPartial } from './partial-answer.ts';
import type { Providers } from './providers/index.ts';
import type { ModelRequest } from './providers/provider.ts';
import { digestOf } from './session/node.ts';
import { sessionOf } from './session/session-ref.ts';
import type { TurnKey } from './session/select-turn.ts';
import { findTurn, storeTurn, type Branch } from './session/session-store.ts';
import { jsonInstruction } from './structured-answer.ts';
import { answerWriter } from './turn-answer.ts';

export interface TurnDeps extends ActivityDeps {
  readonly models: ModelSettings;
  readonly providers: Providers;
  readonly offerTools: OfferTools;
  readonly streamer: Pick<Streamer, 'begin'>;
}

/** Where a turn has got to. */
interface TurnAtWork {
  readonly input: TurnInput;
  readonly session: SessionRef;
  /** Ends with what the model is to answer. */
  readonly branch: Branch;
  readonly model: ModelName;
  readonly frame: Frame;
}

/** Makes the activity for a worker. */
export function turnActivity(deps: TurnDeps): TurnActivity {
  return framed(
    deps,
    describe,
    async (input: TurnInput, frame): Promise<TurnOutput> => {
      const session = sessionFor(input);
      try {
        const branch = await enterSession(deps, input, session, frame.signal);
        const model = chooseModel(input.model, deps.models);
        return await takeTurn(deps, { input, session, branch, model, frame });
      } catch (error) {
        const end = endOf(error, frame.signal);
        throw withDetails(end, frame.isCancel(end) ? { session, partial: null } : { session });
      }
    },
    effectOfTurn,
  );
}

function describe({ run, step }: TurnInput): Record<string, Json> {
  return { run: run.id, step: step.key, attempt: step.attempt, turn: step.turn, kind: 'agent' };
}

function sessionFor(input: TurnInput): SessionRef {
  if (input.session !== null) return input.session.ref;
  if (input.opening !== null) return sessionOf(input, input.opening.spec.agent);
  throw new StepFailure('unknown', 'The turn has neither a session nor an opening: it cannot begin.');
}

async function takeTurn(deps: TurnDeps, place: TurnAtWork): Promise<TurnOutput> {
  const { provider, model } = place.model;
  const request = digestOf({ model: `${provider}/${model}`, turn: place.input.idempotencyKey });
  const key = { session: place.session.id, parent: headOf(place.branch), request };
  const stored = await findTurn(deps.database, key);
  if (stored !== null) {
    if (place.input.compact === undefined)
      streamOf(deps, place).end({ session: stored.session.id, head: stored.head });
    return { ...stored, replayed: true };
  }
  try {
    if (place.input.compact === undefined) return await callModel(deps, place, key);
    return await compact(deps, { ...place, key, signal: place.frame.signal });
  } catch (error) {
    throw withDetails(endOf(error, place.frame.signal), { asked: { provider, model } });
  }
}

async function callModel(deps: TurnDeps, place: TurnAtWork, key: TurnKey): Promise<TurnOutput> {
  const { input, session, branch } = place;
  const { signal } = place.frame;
  const conversation = await conversationOf(deps.database, branch);
  // Made before the call: a wrong schema costs no tokens.
  const write = answerWriter(deps, { input, session, setup: conversation.setup, branch, signal });
  const stream = streamOf(deps, place);
  const { answer, usage } = await listen(deps, place, stream, requestOf(place, conversation));
  try {
    const written = await write(answer, usage);
    // Of two attempts at work at once both have paid, but only one answer goes into the session.
    const output = { ...(await storeTurn(deps.database, { key, ...written }, signal)), usage };
    stream.end({ session: session.id, head: output.head });
    return output;
  } catch (error) {
    throw withDetails(error, { usage });
  }
}

/**
 * The call, with what becomes of its pieces: readers of the stream see them at once, and they are kept when it ends before
 * the answer is whole, be it by a cancel or because the vendor breaks off.
 */
async function listen(
  deps: TurnDeps,
  place: TurnAtWork,
  stream: CallStream,
  request: ModelRequest,
): Promise<Answered> {
  let said = '';
  const onChunk = (text: string): void => {
    said += text;
    stream.push(text);
  };
  try {
    return await ask({ ...request, onChunk }, deps.providers);
  } catch (error) {
    const isCancel = place.frame.isCancel(error);
    // A worker that ends has no time to keep anything; the call is made again.
    if (!isCancel && place.frame.signal.aborted) throw error;
    const partial = await keepPartial(deps, { ...place, log: place.frame.log }, said);
    // Only who was stopped goes on from there; a further try asks anew, and what readers have seen is void.
    if (!isCancel) throw error;
    stream.interrupt(partial === null ? null : { session: place.session.id, head: partial.head });
    throw withDetails(error, { partial });
  }
}

function streamOf({ streamer, secrets }: TurnDeps, { input: { run, step } }: TurnAtWork): CallStream {
  return streamer.begin({ runId: run.id, step: step.key, attempt: step.attempt, turn: step.turn }, secrets);
}

function headOf(branch: Branch): string {
  return branch.at(-1)?.hash ?? branch[0].hash;
}

function requestOf({ input, model, frame }: TurnAtWork, { setup, messages }: Conversation): ModelRequest {
  const { run, step } = input;
  const { system, outputSchema, temperature, tools } = setup;
  const ceilings = [setup.maxOutputTokens, input.maxOutputTokens].filter((limit) => limit !== null);
  return {
    model,
    system: outputSchema === null ? system : `${system}\n\n${jsonInstruction(outputSchema)}`,
    messages,
    tools,
    temperature,
    maxOutputTokens: ceilings.length === 0 ? null : Math.min(...ceilings),
    signal: frame.signal,
    caller: { workflow: run.workflow, step: step.key, attempt: step.attempt, turn: step.turn },
  };
}
