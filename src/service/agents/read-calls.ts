/** The model calls of a run, with their sums. */
import type { CallFilter, CallTotals, ModelCall } from '../../contract/call.ts';
import { decodeCursor, pageOf, type Page } from '../cursor.ts';
import { readTarget } from '../runs/find-target.ts';
import type { Services } from '../services.ts';
import { callJson, type CallRow } from '../views/call.ts';
import { listCalls } from './queries/list-calls.ts';
import { sumCalls } from './queries/sum-calls.ts';

/**
 * A page of calls in the order of their start, failed and lost ones too; `totals` are those of all that fit.
 *
 * @throws NotFoundError `run_not_found`; InvalidError `invalid_cursor`
 */
export async function readCalls(
  services: Services,
  runId: string,
  filter: CallFilter,
): Promise<Page<ModelCall> & { readonly totals: CallTotals | undefined }> {
  const { store } = services;
  const after = filter.cursor === undefined ? undefined : decodeCursor('calls', filter.cursor);
  const [rows, totals] = await Promise.all([
    store.all<CallRow>(listCalls(runId, filter, after)),
    store.first<CallTotals>(sumCalls(runId, filter)),
  ]);
  if (rows.length === 0) await readTarget(services, runId);
  return { ...pageOf('calls', rows, filter.limit, callJson, positionOf), totals };
}

function positionOf({ position, step, epoch, attempt, turn }: CallRow): string[] {
  return [position, step, String(epoch), String(attempt), String(turn)];
}
