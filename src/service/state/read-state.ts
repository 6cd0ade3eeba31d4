/** Folds a run's stored events up to one of them. */
import { listEvents } from '../events/queries/list-events.ts';
import { listStepStatuses, type StepStatusRow } from '../runs/queries/list-step-statuses.ts';
import type { RunStateAt } from '../../contract/state.ts';
import type { Rows } from '../ways/store.ts';
import { StateFold, type StateEvent } from './state-fold.ts';

/** Events that are read at once. */
const PAGE = 2_000;
/** The events that the fold does something with. */
const TYPES = ['status_change', 'llm_complete', 'question', 'complete'];

/** The state after event `seq`, which is there. */
export async function readState(rows: Rows, runId: string, seq: number): Promise<RunStateAt> {
  const steps = await rows.all<StepStatusRow>(listStepStatuses(runId));
  const fold = new StateFold(steps.map(({ key, status }) => ({ key, superseded: status === 'superseded' })));
  for await (const event of eventsUntil(rows, runId, seq - 1)) fold.apply(event);
  // The event itself too where it changes nothing, for its time.
  const [last] = await rows.all<StateEvent>(listEvents({ runId, after: seq - 1, limit: 1 }));
  if (last !== undefined) fold.apply(last);
  return fold.result(runId);
}

async function* eventsUntil(rows: Rows, runId: string, seq: number): AsyncGenerator<StateEvent> {
  for (let after = 0; after < seq;) {
    const page = await rows.all<StateEvent>(listEvents({ runId, after, type: TYPES, limit: PAGE }));
    for (const event of page) {
      if (event.seq > seq) return;
      yield event;
    }
    if (page.length < PAGE) return;
    after = page.at(-1)?.seq ?? seq;
  }
}
