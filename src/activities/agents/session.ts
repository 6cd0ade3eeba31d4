/** The session of an agent's step: derived, so that every repetition of the step works in the same one. */
import { createHash } from 'node:crypto';
import type { StepActivityInput } from '../../protocol/activity.ts';
import type { SessionRef } from '../../protocol/usage.ts';

const ID_DIGITS = 24;

/** Session of run, epoch and step; attempts share it. */
export function sessionOf(input: StepActivityInput, agent: string): SessionRef {
  const { idempotencyKey, step } = input;
  const address = idempotencyKey.slice(0, idempotencyKey.lastIndexOf('/'));
  const digest = createHash('sha256').update(address).digest('hex');
  return { id: `ses_${digest.slice(0, ID_DIGITS)}`, name: `${agent}: ${step.title}` };
}
