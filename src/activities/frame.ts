/**
 * The frame around every activity that does something for a step: heartbeat and deadline while it works, and anything
 * thrown turned into one failure of the list, without secrets.
 *
 * The work gets an abort signal that it must obey. What it throws after that signal was aborted is replaced by the
 * signal's reason, unless it is a StepFailure or a CancelledFailure: these know more (what a call has cost, what could
 * not be kept).
 */
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { Database } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import type { Json } from '../plan/json.ts';
import type { AbortedTurn } from '../protocol/agent.ts';
import type { FailureDetails } from '../protocol/failure.ts';
import { answerMemory } from './answer-memory.ts';
import type { Effect, Effects } from './effects/effects.ts';
import { startClock, type AttemptClock } from './attempt-clock.ts';
import { toApplicationFailure } from './failure-mapping.ts';
import type { Secrets } from './secrets.ts';
import { spanFields } from '../tracing/current-span.ts';
import { StepFailure } from './step-failure.ts';
import { assertTravels, shortDetails } from './travelling.ts';

/** What all activities of a worker share. */
export interface ActivityDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly secrets: Secrets;
  /** Keeps what effects bring; without it each attempt is on its own. */
  readonly effects?: Effects;
}

/** What the frame gives to the work inside it. */
export interface Frame {
  /** Aborted by cancel, shutdown or deadline; its reason is why. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Says what it waits for; null: nothing any more. */
  readonly tell: AttemptClock['tell'];
  /** True for what ends the attempt because Temporal asked for its end, and neither worker nor deadline. */
  readonly isCancel: (thrown: unknown) => boolean;
}

/**
 * Makes the Temporal activity around `work`.
 *
 * @param describe what its log lines bear: run, step, attempt …
 * @param effectOf what of it must not happen again without need; null: nothing
 * @param most bytes of what it says, where they may be more than usual
 */
export function framed<I extends { readonly timeoutMs: number }, O>(
  deps: ActivityDeps,
  describe: (input: I) => Readonly<Record<string, Json>>,
  work: (input: I, frame: Frame) => Promise<O>,
  effectOf: (input: I) => Effect | null = () => null,
  most?: number,
): (input: I) => Promise<O> {
  return async function activity(input) {
    const context = Context.current();
    const log = deps.log.child({ ...describe(input), ...spanFields() });
    const clock = startClock(context, input.timeoutMs);
    try {
      const perform = (signal: AbortSignal) =>
        answerMemory.share(signal, async () => {
          const { tell } = clock;
          const said = await work(input, {
            signal,
            log,
            tell,
            isCancel: (thrown) => isCancel(context, thrown),
          });
          assertTravels(said, most);
          return said;
        });
      const effect = effectOf(input);
      const asking = { signal: clock.signal, isLost: () => isLost(context, effect) };
      const output =
        effect === null || deps.effects === undefined
          ? await perform(clock.signal)
          : await deps.effects.perform(effect, asking, perform);
      log.debug('attempt completed');
      return output;
    } catch (error) {
      const thrown = endOf(error, clock.signal);
      if (isCancel(context, thrown)) {
        log.debug('attempt cancelled');
        throw shortCancel(thrown);
      }
      const failure = toApplicationFailure(shutdownOr(context, thrown), deps.secrets.mask);
      log.info({ code: failure.type, reason: failure.message }, 'attempt failed');
      throw failure;
    } finally {
      clock.stop();
    }
  };
}

/**
 * For work that makes a StepFailure of everything: after the abort its signal's reason is thrown, whatever it throws,
 * unless that is the same failure with more to tell.
 */
export async function underSignal<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (thrown) {
    throw signal.aborted && !isSameFailure(thrown, signal.reason) ? signal.reason : thrown;
  }
}

function isSameFailure(thrown: unknown, reason: unknown): boolean {
  return thrown instanceof StepFailure && reason instanceof StepFailure && thrown.code === reason.code;
}

/** What ends an attempt when its work threw this: after the abort the signal's reason, unless the work knows more. */
export function endOf(thrown: unknown, signal: AbortSignal): unknown {
  return signal.aborted && !isTelling(thrown) ? signal.reason : thrown;
}

/** Adds what only an outer layer knows to what ends an attempt, a cancel included. */
export function withDetails(thrown: unknown, details: FailureDetails & Partial<AbortedTurn>): unknown {
  if (thrown instanceof StepFailure) return thrown.with(details);
  if (!(thrown instanceof CancelledFailure)) return thrown;
  const [known] = thrown.details as FailureDetails[];
  return new CancelledFailure(thrown.message, [{ ...details, ...known }]);
}

function isTelling(thrown: unknown): boolean {
  return thrown instanceof StepFailure || thrown instanceof CancelledFailure;
}

/** Temporal records CANCELED only for its own CancelledFailure; a shutdown arrives the same way but is no cancel. */
function isCancel(context: Context, thrown: unknown): boolean {
  return thrown instanceof CancelledFailure && !isShutdown(context);
}

function shortCancel(thrown: unknown): unknown {
  if (!(thrown instanceof CancelledFailure)) return thrown;
  return new CancelledFailure(thrown.message, shortDetails(thrown.details as FailureDetails[]));
}

function shutdownOr(context: Context, thrown: unknown): unknown {
  if (!(thrown instanceof CancelledFailure) || !isShutdown(context)) return thrown;
  const [details] = thrown.details as FailureDetails[];
  return new StepFailure('worker_shutdown', 'The worker shut down before the attempt had ended.', details);
}

function isShutdown(context: Context): boolean {
  const details = context.cancellationDetails;
  return details?.workerShutdown === true && !details.cancelRequested;
}

/** The attempt has lost its worker or its contact with Temporal; nobody has asked for its end. */
function isLost(context: Context, effect: Effect | null): boolean {
  const details = context.cancellationDetails;
  if (details === undefined || details.cancelRequested) return false;
  if (details.workerShutdown) return effect?.stopsWithWorker !== true;
  return details.notFound || details.timedOut;
}
