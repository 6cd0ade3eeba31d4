/** Activities and timers under way, by the core's ids. Whatever ends becomes a fact. */
import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { Fact, ScheduleAction } from './core/index.ts';
import { rawFailure } from './raw-failure.ts';

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
          ? { type: 'activity_cancelled', id }
          : { type: 'activity_failed', id, failure: rawFailure(error) },
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
