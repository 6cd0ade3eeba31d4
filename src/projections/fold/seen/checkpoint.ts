/** States of a run that it can be continued from: one for each end of it. */
import { checkpointOf } from '../../../workflows/core/index.ts';
import type { RunState } from '../../../workflows/core/index.ts';
import type { CheckpointRow } from '../../../tables/projected/workflow-checkpoints.ts';
import type { RunRow } from '../../../tables/projected/workflow-runs.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';

/**
 * @param place the close event @param state after the last completed task, whatever ended the run then
 * @returns null when the run cannot be continued: nobody knows its plan
 */
export function closedCheckpoint(run: RunRow, place: HistoryPlace, state: RunState): CheckpointRow | null {
  const carry = checkpointOf(state);
  if (carry === null || state.plan === null) return null;
  const { name, version, hash } = state.plan;
  return {
    run_id: run.id,
    epoch: run.epoch,
    execution_id: place.executionId,
    event_id: place.eventId,
    kind: 'closed',
    interpreter: state.interpreter,
    workflow: name,
    version,
    plan_hash: hash,
    inputs: state.inputs,
    labels: state.labels,
    state: carry,
    created_at: timeOf(place.timeMs),
  };
}
