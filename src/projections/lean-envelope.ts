/** What somebody goes on from, as it reaches an execution. */
import type { JsonObject } from '../plan/json.ts';
import type { Plan } from '../plan/plan.ts';
import type { Envelope } from '../protocol/envelope.ts';
import { leanCarry, travels } from '../workflows/core/index.ts';

/** The envelope itself; where that is too large to travel, without what no condition of an open step reads. */
export function leanEnvelope(envelope: Envelope, plan: Plan, inputs: JsonObject): Envelope {
  const { carry, continue: wanted } = envelope;
  if (carry === undefined || wanted === undefined || travels(inputs, envelope)) return envelope;
  return { ...envelope, carry: leanCarry(carry, plan, wanted) };
}
