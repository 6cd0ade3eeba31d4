/**
 * Parts of stored results that stand in the state, because conditions read them there. They travel with it, up to 64 KB of
 * each result: where a state has become too large to travel, it gives up those that nothing reads any more.
 */
import type { Address } from '../../../plan/address.ts';
import { jsonBytes, type Json } from '../../../plan/json.ts';
import type { PlanStep } from '../../../plan/plan.ts';
import { conditionUses } from '../../../plan/template.ts';
import type { Envelope } from '../../../protocol/envelope.ts';
import { ARGUMENTS_BYTES } from '../../../protocol/values.ts';
import { addressRead } from '../kernel/scope.ts';
import type { StepState } from '../kernel/state.ts';

type Steps = Readonly<Record<Address, StepState>>;

/** Can an execution begin with these arguments? A command with larger ones fails its task for ever. */
export function travels(inputs: unknown, envelope: Envelope): boolean {
  return jsonBytes(inputs as Json) + jsonBytes(envelope as unknown as Json) <= ARGUMENTS_BYTES;
}

/** The first of these envelopes that an execution can begin with; null: with none. */
export function firstThatTravels(inputs: unknown, ways: readonly (() => Envelope)[]): Envelope | null {
  for (const way of ways) {
    const envelope = way();
    if (travels(inputs, envelope)) return envelope;
  }
  return null;
}

/** The steps whose results the conditions of these read. */
export function readByConditions(steps: readonly PlanStep[]): ReadonlySet<Address> {
  const reads = steps.flatMap(conditionUses);
  return new Set(
    reads.flatMap((use) => (use.root === 'steps' && use.field === 'result' ? [addressRead(use)] : [])),
  );
}

/** The steps with the parts of those results only that are still read. What is given up counts as not kept. */
export function withPartsOf(read: ReadonlySet<Address>, steps: Steps): Record<Address, StepState> {
  const lean = Object.entries(steps).map(([address, step]) => [
    address,
    read.has(address) ? step : withoutParts(step),
  ]);
  return Object.fromEntries(lean) as Record<Address, StepState>;
}

function withoutParts(step: StepState): StepState {
  if (step.result?.kept === undefined) return step;
  const { kept: _, ...result } = step.result;
  return { ...step, result, keep: [] };
}
