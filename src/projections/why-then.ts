/** Why a step of a run was where it was after one of the run's events: its stored history, decided once more. Nothing is written. */
import type { Address } from '../plan/address.ts';
import { WhyReader } from './fold/why.ts';
import type { Why } from './fold/why.ts';
import { readExecutions, tellStored } from './rebuild/stored-run.ts';
import type { Reader } from './rebuild/stored-run.ts';

export type { EventReason, Reason, Why } from './fold/why.ts';

/** @returns `events`: the stored history does not tell of so many; `step`: the run had no such step then */
export async function readWhyThen(
  reader: Reader,
  runId: string,
  step: Address,
  seq: number,
): Promise<Why | { readonly missing: 'events' | 'step' }> {
  const why = new WhyReader(runId, step, seq);
  for (const { execution_id } of await readExecutions(reader, runId)) {
    why.beginExecution(execution_id);
    if (!(await tellStored(reader, runId, execution_id, (event) => why.take(event)))) break;
  }
  if (why.isShort) return { missing: 'events' };
  return why.why ?? { missing: 'step' };
}
