/**
 * The frame around every step kind: values in, templates rendered, heartbeat and deadline while it works, result
 * stored, and anything thrown turned into one failure of the list.
 *
 * A kind sees none of this; it gets its rendered way to work and an abort signal that it must obey.
 */
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { Database } from '../database/database.ts';
import { ACTIVITY_COST, render } from '../expressions/index.ts';
import type { Logger } from '../log/log.ts';
import type { Json } from '../plan/json.ts';
import type { StepSpec } from '../plan/plan.ts';
import type { TemplateNode } from '../plan/template.ts';
import type { StepActivity, StepActivityInput, StepActivityOutput } from '../protocol/activity.ts';
import type { ModelUsage, SessionRef } from '../protocol/usage.ts';
import { startClock } from './attempt-clock.ts';
import { toApplicationFailure } from './failure-mapping.ts';
import { storeResult } from './results.ts';
import { loadScope } from './scope.ts';
import { maskJson, type Secrets } from './secrets.ts';
import { StepFailure } from './step-failure.ts';

/** What all kinds of a worker share. */
export interface StepDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly secrets: Secrets;
}

/** One attempt, as a kind sees it. */
export interface Attempt<S extends StepSpec> {
  readonly spec: S;
  readonly input: StepActivityInput;
  /** Fills in a template of the spec. @throws ExpressionError */
  readonly render: (node: TemplateNode) => Json;
  /** Aborted by cancel, shutdown or deadline. A kind stops at once and may throw anything. */
  readonly signal: AbortSignal;
}

/** What a kind brings back. */
export interface Performed {
  readonly value: Json;
  readonly usage?: ModelUsage;
  readonly session?: SessionRef;
}

export type Perform<S extends StepSpec> = (attempt: Attempt<S>) => Promise<Performed>;

/** Makes the Temporal activity of a kind. */
export function stepActivity<S extends StepSpec>(deps: StepDeps, perform: Perform<S>): StepActivity {
  return async function step(input) {
    const context = Context.current();
    const { run, step: at } = input;
    const log = deps.log.child({ run: run.id, step: at.key, attempt: at.attempt, kind: input.spec.kind });
    const clock = startClock(context, input.timeoutMs);
    try {
      const output = await runAttempt(deps, perform, input, clock.signal);
      log.debug({ bytes: output.result.bytes }, 'attempt completed');
      return output;
    } catch (thrown) {
      if (isCancel(context, thrown)) {
        log.debug('attempt cancelled');
        throw thrown;
      }
      const failure = toApplicationFailure(shutdownOr(context, thrown), deps.secrets.mask);
      log.info({ code: failure.type, reason: failure.message }, 'attempt failed');
      throw failure;
    } finally {
      clock.stop();
    }
  };
}

async function runAttempt<S extends StepSpec>(
  deps: StepDeps,
  perform: Perform<S>,
  input: StepActivityInput,
  signal: AbortSignal,
): Promise<StepActivityOutput> {
  const performed = await performUnderSignal(deps, perform, input, signal);
  const { value, ...consumed } = performed;
  try {
    const shown = mentionsSecrets(input.spec) ? maskJson(value, deps.secrets.mask) : value;
    return { result: await storeResult(shown, input.keep, { database: deps.database, signal }), ...consumed };
  } catch (error) {
    // The call has been paid for, even if its result cannot be kept.
    throw error instanceof StepFailure ? error.with(consumed) : error;
  }
}

/** Whatever a kind throws after its signal was aborted, the signal's reason is why it failed. */
async function performUnderSignal<S extends StepSpec>(
  deps: StepDeps,
  perform: Perform<S>,
  input: StepActivityInput,
  signal: AbortSignal,
): Promise<Performed> {
  try {
    const scope = await loadScope(input, deps.database, deps.secrets.values);
    signal.throwIfAborted();
    return await perform({
      spec: input.spec as S,
      input,
      render: (node) => render(node, scope, ACTIVITY_COST),
      signal,
    });
  } catch (thrown) {
    throw signal.aborted ? signal.reason : thrown;
  }
}

function mentionsSecrets(spec: StepSpec): boolean {
  return JSON.stringify(spec).includes('secrets');
}

/** Temporal records CANCELED only for its own CancelledFailure; a shutdown arrives the same way but is no cancel. */
function isCancel(context: Context, thrown: unknown): boolean {
  return thrown instanceof CancelledFailure && !isShutdown(context);
}

function shutdownOr(context: Context, thrown: unknown): unknown {
  if (!(thrown instanceof CancelledFailure) || !isShutdown(context)) return thrown;
  return new StepFailure('worker_shutdown', 'The worker shut down before the attempt had ended.');
}

function isShutdown(context: Context): boolean {
  const details = context.cancellationDetails;
  return details?.workerShutdown === true && !details.cancelRequested;
}
