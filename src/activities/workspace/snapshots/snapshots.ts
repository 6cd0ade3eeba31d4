/** Snapshots as activities of steps take them: of the workspace that they work in, when they have. */
import type { Database } from '../../../database/database.ts';
import type { StepActivityInput } from '../../../protocol/activity.ts';
import type { ToolActivityInput } from '../../../protocol/agent.ts';
import type { TakenSnapshot } from '../../../protocol/snapshot.ts';
import { storeOf, type StoreMeans } from './store.ts';
import { takeSnapshot } from './take-snapshot.ts';

type Worked = Pick<StepActivityInput | ToolActivityInput, 'step' | 'workspace' | 'snapshots'>;

/** Takes one; answers nothing without a workspace. Never throws. */
export type Snapshots = (
  worked: Worked,
  signal: AbortSignal,
) => Promise<{ readonly snapshot?: TakenSnapshot }>;

/** @param database where those are kept that are to be */
export function snapshotter(means: StoreMeans, database: Database): Snapshots {
  return async ({ step, workspace, snapshots }, signal) => {
    // Absent in activities that were scheduled before there were workspaces.
    if (workspace == null) return {};
    const message = `${step.key}#${step.attempt}`;
    const store = storeOf(workspace, means, signal);
    return { snapshot: await takeSnapshot(store, message, snapshots === true ? database : null) };
  };
}
