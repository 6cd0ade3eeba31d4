/** Activities and timers under way, by the core's ids. Whatever ends becomes a fact. */
import {
  ActivityCancellationType,
  CancellationScope,
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  isCancellation,
  proxyActivities,
  sleep,
  startChild,
} from '@temporalio/workflow';
import type { Fact, ScheduleAction, StartRunAction } from './core/index.ts';
import { lastWords, rawFailure } from './raw-failure.ts';

/** Temporal takes 400 bytes; a character has at most four. */
const MAX_SUMMARY_CHARS = 100;

/** The SDK does not export this error to workflows. */
const ALREADY_STARTED = 'WorkflowExecutionAlreadyStartedError';

type AnyActivities = Record<string, (input: unknown) => Promise<unknown>>;

export class Effects {
  private readonly report: (fact: Fact) => void;
  /** One scope each, so that each can be cancelled alone. */
  private readonly scopes = new Map<string, CancellationScope>();

  constructor(report: (fact: Fact) => void) {
    this.report = report;
  }

  schedule(action: ScheduleAction): void {
    const { id } = action;
    const activities = proxyActivities<AnyActivities>({
      activityId: id,
      summary: action.summary,
      startToCloseTimeout: action.startToCloseMs,
      heartbeatTimeout: action.heartbeatMs,
      ...(action.scheduleToStartMs === undefined ? {} : { scheduleToStartTimeout: action.scheduleToStartMs }),
      // The core retries: every attempt is an activity of its own in history, and none starts while paused.
      retry: { maximumAttempts: 1 },
      // TRY_CANCEL would lose what a cancelled activity still has to say.
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      ...(action.queue === null ? {} : { taskQueue: action.queue }),
    });
    const activity = activities[action.activity];
    if (activity === undefined) return;
    this.track(
      id,
      () => activity(action.input),
      (result) => ({ type: 'activity_completed', id, result }),
      (error) =>
        isCancellation(error)
          ? { type: 'activity_cancelled', id, details: lastWords(error) }
          : { type: 'activity_failed', id, failure: rawFailure(error) },
    );
  }

  /** The run lives on by itself, whatever becomes of this one. */
  startRun({ id, workflow, version, summary, inputs, envelope }: StartRunAction): void {
    const started = startChild(workflow, {
      workflowId: id,
      args: [inputs, envelope],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      memo: { version, labels: envelope.labels },
      staticSummary: summary.slice(0, MAX_SUMMARY_CHARS),
    });
    started.then(
      () => this.report({ type: 'successor_started', id }),
      (error: unknown) => this.report(notStarted(id, error)),
    );
  }

  startTimer(id: string, ms: number, summary: string): void {
    this.track(
      id,
      () => sleep(ms, { summary }),
      () => ({ type: 'timer_fired', id }),
      () => null,
    );
  }

  cancel(id: string): void {
    this.scopes.get(id)?.cancel();
  }

  private track<T>(
    id: string,
    work: () => Promise<T>,
    ended: (value: T) => Fact,
    failed: (error: unknown) => Fact | null,
  ): void {
    const scope = new CancellationScope({ cancellable: true });
    this.scopes.set(id, scope);
    const settle = (fact: Fact | null): void => {
      this.scopes.delete(id);
      if (fact !== null) this.report(fact);
    };
    scope.run(work).then(
      (value) => settle(ended(value)),
      (error: unknown) => settle(failed(error)),
    );
  }
}

/** A run of this id is the one: the id comes from the message that asked for it. */
function notStarted(id: string, error: unknown): Fact {
  if (error instanceof Error && error.name === ALREADY_STARTED) return { type: 'successor_started', id };
  return { type: 'successor_refused', id, reason: error instanceof Error ? error.message : String(error) };
}
