/** Why a step of a run was where it was after one of the run's events: its stored history, decided once more. Nothing is written. */
import { decodeHistoryEvent } from '../temporal/history-event.ts';
import type { Address } from '../plan/address.ts';
import { decodeEvent } from './decode-event.ts';
import { WhyReader } from './fold/why.ts';
import type { Why } from './fold/why.ts';
import { readExecutions, readHistory } from './rebuild/stored-run.ts';
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
  reading: for (const { execution_id } of await readExecutions(reader, runId)) {
    why.beginExecution(execution_id);
    for await (const { data } of readHistory(reader, execution_id)) {
      if (!why.take(decodeEvent(decodeHistoryEvent(data)))) break reading;
    }
  }
  if (why.isShort) return { missing: 'events' };
  return why.why ?? { missing: 'step' };
}
