/**
 * Steps run anew because a person wants it: what speaks against that in the state as it is, and what becomes of it. What they
 * had come to counts no more as a value; that it was so, and what it took, stays on record and counted.
 */
import type { Address } from '../../../plan/address.ts';
import type { Plan } from '../../../plan/plan.ts';
import { rerunSteps } from '../../../protocol/editing/rerun.ts';
import type { RerunStanding } from '../../../protocol/editing/rerun.ts';
import { change, hasOpenActivity, note, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { isLimit } from '../kernel/failures.ts';
import type { Recipient } from '../kernel/state.ts';
import { anewStep } from '../steps/anew.ts';
import { liftFailure } from '../steps/decided.ts';
import { withdrawQuestions } from '../steps/questions.ts';
import { standingOf } from './another-plan.ts';
import { forgetClocks } from './clocks.ts';

export function rerunOf(draft: Draft, before: Plan, after: Plan, named: readonly Address[]) {
  const { failure } = draft.state;
  const isEnding = failure !== null && before.failure === 'fast' && !isLimit(failure.error);
  const failedBy = isEnding ? failure.step : null;
  return rerunSteps({ before, after, named, standing: (key) => rerunStanding(draft, key), failedBy });
}

function rerunStanding(draft: Draft, key: Address): RerunStanding | undefined {
  const standing = standingOf(draft.steps[key]);
  if (standing === undefined) return undefined;
  const { status, decided } = stepOf(draft, key);
  const isAtWork = status === 'running' || status === 'waiting' || hasOpenActivity(draft, key);
  return { ...standing, isAtWork, isDecided: decided === true };
}

/** None of them is at work. */
export function beginAnew(
  draft: Draft,
  steps: readonly Address[],
  said: { readonly by: string | null; readonly reason: string | null },
): void {
  for (const key of steps) {
    forgetClocks(draft, key);
    withdrawQuestions(draft, key);
    draft.steps[key] = anewStep(stepOf(draft, key));
    note(draft, { type: 'step_anew', step: key, ...said });
  }
  for (const key of steps) liftFailure(draft, key);
  unread(draft, new Set(steps));
}

/** What was read in a conversation that begins anew, and not answered, is read again. */
function unread(draft: Draft, steps: ReadonlySet<Address>): void {
  const isRead = ({ step, turn }: Recipient) => turn !== null && steps.has(step);
  if (!draft.state.inbox.some(({ recipients }) => recipients?.some(isRead))) return;
  const inbox = draft.state.inbox.map((message) => ({
    ...message,
    recipients: message.recipients?.map((one) => (isRead(one) ? { ...one, turn: null } : one)) ?? null,
  }));
  change(draft, { inbox });
}
