/** Gives Temporal's SDK the commands for the core's actions. Whatever ends becomes a fact. */
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
import { commandsOf, NOTHING_UNDERWAY, runAnswered, withoutEnded } from './core/index.ts';
import type {
  Action,
  CloseCommand,
  Command,
  Fact,
  ScheduleAction,
  StartChildCommand,
  TimerCommand,
} from './core/index.ts';
import { lastWords, rawFailure } from './raw-failure.ts';

/** The SDK does not export this error to workflows. */
const ALREADY_STARTED = 'WorkflowExecutionAlreadyStartedError';

type AnyActivities = Record<string, (input: unknown) => Promise<unknown>>;

export class Effects {
  private readonly report: (fact: Fact) => void;
  private underway = NOTHING_UNDERWAY;
  /** Of what is under way, one each, so that each can be cancelled alone. */
  private readonly scopes = new Map<string, CancellationScope>();

  constructor(report: (fact: Fact) => void) {
    this.report = report;
  }

  /** Carries actions out in their order; answers how the execution ends, if it does. */
  perform(actions: readonly Action[]): CloseCommand | undefined {
    const { commands, underway } = commandsOf(this.underway, actions);
    this.underway = underway;
    return commands.map((command) => this.give(command)).at(-1);
  }

  private give(command: Command): CloseCommand | undefined {
    switch (command.type) {
      case 'schedule':
        return this.schedule(command);
      case 'start_timer':
        return this.startTimer(command);
      case 'start_child':
        return this.startChild(command);
      case 'close':
        return command;
      default:
        this.scopes.get(command.id)?.cancel();
        return undefined;
    }
  }

  private schedule(action: ScheduleAction): undefined {
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

  private startChild({ id, workflowType, args, memo, summary }: StartChildCommand): undefined {
    const started = startChild(workflowType, {
      workflowId: id,
      args: [...args],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      memo,
      staticSummary: summary,
    });
    started.then(
      () => this.report(runAnswered(id, null)),
      (error: unknown) => this.report(runAnswered(id, refusalOf(error))),
    );
  }

  private startTimer({ id, ms, summary }: TimerCommand): undefined {
    this.track(
      id,
      () => sleep(ms, { summary }),
      () => ({ type: 'timer_fired', id }),
      () => null,
    );
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
      this.underway = withoutEnded(this.underway, [id]);
      if (fact !== null) this.report(fact);
    };
    scope.run(work).then(
      (value) => settle(ended(value)),
      (error: unknown) => settle(failed(error)),
    );
  }
}

/** Temporal's name for why a run was not started, where the SDK tells it by a class; else what it says. */
function refusalOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === ALREADY_STARTED ? 'WORKFLOW_ALREADY_EXISTS' : error.message;
}
