/**
 * Deadlines of activities under way, brought forward as an operator may: by `temporal activity update-options`. The
 * server judges them by its own clock; only what was asked of it, which is told here as history has it, is not waited for.
 */
import { temporalCli, until } from './index.ts';

interface Pending {
  readonly activityId: string;
  readonly state: string;
}

interface ScheduledEvent {
  readonly activityTaskScheduledEventAttributes?: {
    readonly activityId: string;
    readonly heartbeatTimeout: string;
    readonly scheduleToStartTimeout: string;
  };
}

/** What it waits for: a sign of its worker, or a worker. */
type Deadline = 'heartbeat' | 'schedule-to-start';

const STATES = {
  heartbeat: 'PENDING_ACTIVITY_STATE_STARTED',
  'schedule-to-start': 'PENDING_ACTIVITY_STATE_SCHEDULED',
};

/**
 * Waits until the only activity of the run waits for this, and lets it wait for a second more.
 *
 * @returns how long it would have waited
 */
export async function bringForward(run: string, deadline: Deadline): Promise<string> {
  // Each look is a program of its own.
  const activity = await until(() => pending(run, STATES[deadline]), { interval: 500 });
  const ids = ['--workflow-id', run, '--activity-id', activity];
  await temporalCli(['activity', 'update-options', ...ids, `--${deadline}-timeout`, '1s']);
  const history = await temporalCli(['workflow', 'show', '--workflow-id', run, '-o', 'json']);
  const { events } = JSON.parse(history) as { events: readonly ScheduledEvent[] };
  const scheduled = events
    .map((event) => event.activityTaskScheduledEventAttributes)
    .find((attributes) => attributes?.activityId === activity);
  return (
    (deadline === 'heartbeat' ? scheduled?.heartbeatTimeout : scheduled?.scheduleToStartTimeout) ?? 'none'
  );
}

async function pending(run: string, state: string): Promise<string | undefined> {
  const described = await temporalCli(['workflow', 'describe', '--workflow-id', run, '-o', 'json']);
  const { pendingActivities = [] } = JSON.parse(described) as { pendingActivities?: readonly Pending[] };
  return pendingActivities.find((one) => one.state === state)?.activityId;
}
