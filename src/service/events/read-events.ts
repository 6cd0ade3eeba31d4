/** The record of a run: a page of its events, and what led to one of them. */
import type { z } from 'zod';
import type { Causes, EventFilter, RunEvent } from '../../contract/event.ts';
import type { Page } from '../cursor.ts';
import { readTarget } from '../runs/find-target.ts';
import { eventNotFound } from '../runs/missing.ts';
import type { Services } from '../services.ts';
import { eventJson, type EventRow } from '../views/event.ts';
import { listCauses } from './queries/list-causes.ts';
import { listEvents } from './queries/list-events.ts';
import { wholeEvents } from './whole-events.ts';

const MAX_CAUSES = 1_000;

/** A page of events; `next_cursor` is the `after` of the next one, or its `before` where the newest come first. @throws NotFoundError `run_not_found` */
export async function readEvents(
  services: Services,
  runId: string,
  filter: EventFilter,
): Promise<Page<RunEvent>> {
  const { store } = services;
  const rows = await store.all<EventRow>(listEvents({ ...filter, runId, limit: filter.limit + 1 }));
  if (rows.length === 0) await readTarget(services, runId);
  const chosen = rows.slice(0, filter.limit);
  const shown = filter.full ? await wholeEvents(store, runId, chosen) : chosen;
  return {
    items: shown.map(eventJson),
    next_cursor: rows.length > shown.length ? String(shown.at(-1)?.seq) : null,
  };
}

/**
 * What led to an event, from it back to its root.
 *
 * @throws NotFoundError `run_not_found`, `event_not_found`; ConflictError `run_archived`
 */
export async function readCauses(
  services: Services,
  runId: string,
  seq: number,
): Promise<z.output<typeof Causes>> {
  const rows = await services.store.all<EventRow>(listCauses(runId, seq, MAX_CAUSES));
  if (rows.length === 0) throw await eventNotFound(services, runId, seq);
  return { items: rows.map(eventJson), complete: rows.at(-1)?.caused_by === null };
}
