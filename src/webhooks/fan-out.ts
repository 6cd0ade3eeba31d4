/**
 * Makes deliveries of events: who wants which. One process at a time, in one transaction with taking the events out: so
 * each event becomes its deliveries once, whoever dies in between, in the order in which the tables got them.
 */
import pg from 'pg';
import { inTransaction, type Database, type DatabaseClient } from '../database/database.ts';
import { messageOf } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import { parseRunFilter } from '../protocol/filter/run-filter.ts';
import { outgoingName, type OutgoingName } from '../protocol/outgoing/event-names.ts';
import { filterConditions } from '../tables/finding/run-conditions.ts';
import { cloudEventText, type CloudEventContext, type OutgoingEvent } from './cloud-event.ts';
import { addDeliveries, type NewDelivery } from './queries/deliveries.ts';
import { listRunFacts, lockOutgoing, takeOutgoing, type RunRow } from './queries/outgoing.ts';
import { listFitting, lockReceivers } from './queries/receivers.ts';
import { asksFor, isNamedFor, type Receiver } from './receiver.ts';

/** Events in one transaction: two hundred webhooks make ten thousand deliveries of them. */
const MOST = 50;
/** By how much the clocks of Temporal and Postgres may differ. */
const SKEW_MS = 60_000;

type ReceiverRow = Receiver & { readonly created_at: Date };

interface Named extends OutgoingEvent {
  readonly name: OutgoingName;
  readonly run: RunRow;
  readonly body: string;
}

interface FanOut {
  readonly database: Database;
  readonly context: CloudEventContext;
  readonly log: Logger;
}

/** Answers how many events were taken out: 0 when there are none, or another process is at it. */
export async function fanOut(means: FanOut): Promise<number> {
  return inTransaction(means.database, async (client) => {
    const { rows: locks } = await client.query<{ mine: boolean }>(lockOutgoing);
    if (locks[0]?.mine !== true) return 0;
    const { rows: taken } = await client.query<OutgoingEvent>(takeOutgoing(MOST));
    if (taken.length > 0) await deliver(client, taken, means);
    return taken.length;
  });
}

async function deliver(
  client: DatabaseClient,
  taken: readonly OutgoingEvent[],
  means: FanOut,
): Promise<void> {
  const { rows: receivers } = await client.query<ReceiverRow>(lockReceivers);
  const events = await named(client, taken, means.context);
  for (const receiver of receivers) {
    const fits = await fitting(receiver, events, means);
    const wanted = events.filter((event) => isFor(receiver, event, fits));
    if (wanted.length === 0) continue;
    await client.query(addDeliveries(wanted.map((event) => deliveryOf(receiver, event))));
  }
}

/** Those that have a name, and whose run is there. */
async function named(
  client: DatabaseClient,
  taken: readonly OutgoingEvent[],
  context: CloudEventContext,
): Promise<readonly Named[]> {
  const ids = [...new Set(taken.map(({ event }) => event.run_id))];
  const { rows } = await client.query<RunRow>(listRunFacts(ids));
  const runs = new Map(rows.map((row) => [row.id, row]));
  return taken.flatMap((one) => {
    const name = outgoingName(one.event);
    const run = runs.get(one.event.run_id);
    if (name === null || run === undefined) return [];
    return { ...one, name, run, body: cloudEventText(name, one, run, context) };
  });
}

/** What has happened before somebody wanted to know is history, also where a projector reads it only now. */
function isFor(receiver: ReceiverRow, { name, run, event }: Named, fits: ReadonlySet<string>): boolean {
  if (Date.parse(event.at) < receiver.created_at.getTime() - SKEW_MS) return false;
  return (asksFor(receiver, name) && fits.has(run.id)) || isNamedFor(receiver, name, run.notify);
}

function deliveryOf(receiver: Receiver, event: Named): NewDelivery {
  return {
    webhook_id: receiver.id,
    event_id: event.id,
    position: event.position,
    run_id: event.event.run_id,
    type: event.name,
    body: event.body,
    status: receiver.enabled ? 'pending' : 'missed',
  };
}

/**
 * The runs that fit a receiver's filter as they stand. A filter that cannot be evaluated fits none, and says so: one
 * receiver must not keep the others from theirs.
 */
async function fitting(
  { id, filter, events: words }: Receiver,
  events: readonly Named[],
  { database, log }: FanOut,
): Promise<ReadonlySet<string>> {
  const runs = [...new Set(events.map(({ run }) => run.id))];
  if (filter.trim() === '' || words.length === 0 || runs.length === 0) return new Set(runs);
  const { conditions, faults } = parseRunFilter(filter);
  const fault = faults[0]?.message;
  if (fault !== undefined) return none(id, fault, log);
  try {
    const statement = listFitting(runs, filterConditions(conditions, 'UTC'));
    const { rows } = await database.query<{ id: string }>(statement);
    return new Set(rows.map((row) => row.id));
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code?.startsWith('22') !== true) throw error;
    return none(id, messageOf(error), log);
  }
}

function none(webhook: string, reason: string, log: Logger): ReadonlySet<string> {
  log.warn({ webhook, reason }, 'the filter of a webhook cannot be evaluated: it gets nothing');
  return new Set();
}
