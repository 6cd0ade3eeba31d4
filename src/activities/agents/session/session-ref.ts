/** The session of an agent's step: derived, so that every repetition of the step works in the same one. */
import { createHash } from 'node:crypto';
import type { TurnInput } from '../../../protocol/agent.ts';
import type { SessionRef } from '../../../protocol/usage.ts';

const ID_DIGITS = 24;

/** Session of run, epoch and step; attempts and turns share it. */
export function sessionOf({ idempotencyKey, step }: TurnInput, agent: string): SessionRef {
  const address = idempotencyKey.slice(0, idempotencyKey.lastIndexOf('/'));
  const digest = createHash('sha256').update(address).digest('hex');
  return { id: `ses_${digest.slice(0, ID_DIGITS)}`, name: `${agent}: ${step.title}` };
}
