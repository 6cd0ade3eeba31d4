/** Where an activity stands in its run. */
import { addressOf } from '../../workflows/core/index.ts';

/** A step's attempt; of agents also the turn, and of tools the place of the call in it. */
export type ActivityAddress = NonNullable<ReturnType<typeof addressOf>>;

/** Activities of the run itself, whatever their ids look like: a step may be called `workspace` too. */
const RUNS_OWN: ReadonlySet<string> = new Set(['plan', 'workspace']);

/** null for activities that are no step's. */
export function stepAddressOf(id: string, activityType: string): ActivityAddress | null {
  return RUNS_OWN.has(activityType) ? null : addressOf(id);
}
