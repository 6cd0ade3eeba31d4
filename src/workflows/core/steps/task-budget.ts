/** What one task may carry to Temporal: the bytes of its activity inputs. The rest waits for the next. */
import type { AnySpec, PlanStep } from '../../../plan/plan.ts';
import { startTimer, stepOf, timersFor } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { stepError } from '../kernel/failures.ts';
import type { StartOutcome } from '../kernel/kind.ts';
import { failStep } from './transitions.ts';

/** Most bytes of activity inputs in one task; 4 MB in one request terminate a run. */
const TASK_BYTES = 1_500_000;

/** What one task cannot carry fails, what this one cannot any more waits; null = it fits, and is counted. */
export function refuseOversized(
  draft: Draft,
  { key }: PlanStep<AnySpec>,
  bytes: number,
): StartOutcome | null {
  if (bytes > TASK_BYTES) {
    const message = `its values are ${bytes} bytes, the limit is ${TASK_BYTES}: pass large inputs through the API, which stores them by reference`;
    failStep(draft, key, stepError('values_too_large', message, stepOf(draft, key).attempt));
    return 'settled';
  }
  if (draft.scheduledBytes > 0 && draft.scheduledBytes + bytes > TASK_BYTES) return yieldTask(draft);
  draft.scheduledBytes += bytes;
  return null;
}

/** The rest follows in the next task, which a short timer brings. */
export function yieldTask(draft: Draft): StartOutcome {
  if (timersFor(draft, 'yield').length === 0) startTimer(draft, 'yield', 1, 'the rest follows');
  return 'full';
}
