/** What would become of a run that is set back to one of its checkpoints. Pure. */
import type { RestorePreview } from '../../contract/checkpoint.ts';
import type { Continuation } from '../../protocol/envelope.ts';
import { SETTLED_STEP_STATUSES } from '../../protocol/status.ts';
import type { CheckpointThen } from '../state/read-checkpoint-state.ts';
import { checkpointJson, type CheckpointRow } from '../views/checkpoint.ts';
import type { SaidRow } from './queries/list-said-since.ts';
import type { TriedStepRow } from './queries/list-tried-steps.ts';

const SETTLED: ReadonlySet<string> = new Set(SETTLED_STEP_STATUSES);
const NEVER: Omit<TriedStepRow, 'key'> = { status: 'pending', attempt: 0 };

interface Facts {
  readonly row: CheckpointRow;
  readonly past: CheckpointThen;
  readonly wanted: Continuation;
  /** As they stand now. */
  readonly steps: readonly TriedStepRow[];
  readonly said: readonly SaidRow[];
}

export function previewOf({ row, past, wanted, steps, said }: Facts): RestorePreview {
  const fates = past.fates(wanted);
  const now = new Map(steps.map((step) => [step.key, step]));
  const keys = past.plan.steps.map(({ key }) => key);
  const stood = (key: string) => past.steps[key] ?? NEVER;
  const stands = (key: string) => now.get(key) ?? NEVER;
  const open = keys.filter((key) => fates.get(key) !== 'kept');
  const again = open.filter((key) => stood(key).attempt > 0 || stands(key).attempt > 0);
  return {
    checkpoint: checkpointJson(row),
    kept: keys.filter((key) => fates.get(key) === 'kept'),
    runs_again: again,
    dropped: open.filter((key) => SETTLED.has(stands(key).status) && !SETTLED.has(stood(key).status)),
    may_repeat: again.filter((key) => past.acting.has(key)),
    messages: said.map((message) => ({ ...message })),
  };
}
