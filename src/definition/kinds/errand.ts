/** What a step says of the activity of a Temporal worker that is to do it, in place of what a node must be able to do. */
import type { Path } from '../../plan/json.ts';
import type { ErrandSpec } from '../../plan/plan.ts';
import { durationOr } from '../fields/durations.ts';
import type { KindContext } from './kind.ts';

/** As far as it is written. */
interface Written {
  readonly capability?: unknown;
  readonly labels?: unknown;
  readonly prefer?: unknown;
  readonly task_queue?: string | undefined;
  readonly activity?: string | undefined;
  readonly heartbeat?: string | number | undefined;
}

const OF_NODES = ['capability', 'labels', 'prefer'] as const;
const OF_ERRANDS = ['task_queue', 'activity'] as const;
const LEAST_HEARTBEAT_MS = 1_000;

/** null: a node is to do it. */
export function errandOf(written: Written, at: Path, { problems }: KindContext): ErrandSpec | null {
  const { task_queue: taskQueue, activity, heartbeat } = written;
  const isErrand = taskQueue !== undefined || activity !== undefined;
  const idle = isErrand ? OF_NODES : (['heartbeat'] as const);
  for (const field of idle)
    if (written[field] !== undefined)
      problems.error(
        'field_without_effect',
        [...at, field],
        isErrand ? 'With a task queue no node is looked for.' : 'All nodes have the same heartbeat.',
        'Write either what a node must be able to do, or task_queue and activity of a Temporal worker.',
        'key',
      );
  if (!isErrand) return null;
  for (const field of OF_ERRANDS)
    if (written[field] === undefined)
      problems.error(
        'field_missing',
        at,
        `Work for a Temporal worker says its ${field} too.`,
        `Write ${field}: NAME.`,
      );
  const heartbeatMs = durationOr(heartbeat, null, [...at, 'heartbeat'], problems, LEAST_HEARTBEAT_MS);
  return { taskQueue: taskQueue ?? '', activity: activity ?? '', heartbeatMs };
}
