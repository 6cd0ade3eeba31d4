/** Where an activity stands in its run. */
import { ownerOf } from '../../workflows/core/index.ts';

/** A step's attempt; of agents also the turn, and of tools the place of the call in it. */
export interface ActivityAddress {
  readonly step: string;
  readonly attempt: number;
  /** null: no agent's. */
  readonly turn: number | null;
  /** null: a model call. */
  readonly index: number | null;
}

/** Activities of the run itself, whatever their ids look like: a step may be called `workspace` too. */
const RUNS_OWN: ReadonlySet<string> = new Set(['plan', 'workspace']);

/** null for activities that are no step's. */
export function stepAddressOf(id: string, activityType: string): ActivityAddress | null {
  const owner = RUNS_OWN.has(activityType) ? null : ownerOf(id);
  if (owner === null || !('step' in owner)) return null;
  const { step, attempt } = owner;
  const turn = owner.type === 'attempt' ? null : owner.turn;
  return { step, attempt, turn, index: owner.type === 'call' ? owner.index : null };
}
