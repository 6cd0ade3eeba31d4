/**
 * Makes deliveries of events: who wants which. One process at a time, in one transaction with taking the events out: so
 * each event becomes its deliveries once, whoever dies in between, in the order in which the tables got them.
 */
import pg from 'pg';
import { inTransaction, type Database, type DatabaseClient } from '../database/database.ts';
import { messageOf } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import type { Json } from '../plan/json.ts';
import { parseRunFilter } from '../protocol/filter/run-filter.ts';
import { outgoingName, type OutgoingName } from '../protocol/outgoing/event-names.ts';
import { filterConditions } from '../tables/finding/run-conditions.ts';
import { cloudEventText, type CloudEventContext, type OutgoingEvent } from './cloud-event.ts';
import { addDeliveries, type NewDelivery } from './queries/deliveries.ts';
import { listAsked, listRunFacts, lockOutgoing, takeOutgoing, type RunRow } from './queries/outgoing.ts';
import { listFitting, lockReceivers } from './queries/receivers.ts';
import { asksFor, concerns, isNamedFor, type Receiver } from './receiver.ts';

/** Events in one transaction: two hundred webhooks make ten thousand deliveries of them. */
const MOST = 50;
/** By how much the clocks of Temporal and Postgres may differ. */
const SKEW_MS = 60_000;

type ReceiverRow = Receiver & { readonly created_at: Date };

interface Named extends OutgoingEvent {
  readonly name: OutgoingName;
  readonly run: RunRow;
  readonly body: string;
  /** Of a question, who is named to answer it. */
  readonly asked: readonly string[];
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
  const asked = await askedIn(client, taken);
  return taken.flatMap((one) => {
    const name = outgoingName(one.event);
    const run = runs.get(one.event.run_id);
    if (name === null || run === undefined) return [];
    const body = cloudEventText(name, one, run, context);
    return { ...one, name, run, body, asked: asked.get(questionIn(one)) ?? [] };
  });
}

/** By question, who is named to answer it. */
async function askedIn(
  client: DatabaseClient,
  taken: readonly OutgoingEvent[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const questions = taken.map(({ event }) => event).filter(({ type }) => type === 'question');
  if (questions.length === 0) return new Map();
  const { rows } = await client.query<{ run_id: string; id: string; approvers: readonly string[] }>(
    listAsked(
      questions.map(({ run_id }) => run_id),
      questions.map(({ data }) => textOf(data['question'])),
    ),
  );
  return new Map(rows.map(({ run_id: run, id, approvers }) => [keyOf(run, id), approvers]));
}

const questionIn = ({ event: { run_id: run, data } }: OutgoingEvent): string =>
  keyOf(run, textOf(data['question']));

/** Ids of runs may hold anything. */
const keyOf = (run: string, question: string): string => JSON.stringify([run, question]);

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** What has happened before somebody wanted to know is history, also where a projector reads it only now. */
function isFor(
  receiver: ReceiverRow,
  { name, run, event, asked }: Named,
  fits: ReadonlySet<string>,
): boolean {
  if (Date.parse(event.at) < receiver.created_at.getTime() - SKEW_MS) return false;
  const concern = { asked, startedBy: run.started_by };
  const wanted = asksFor(receiver, name) && fits.has(run.id) && concerns(receiver, concern);
  return wanted || isNamedFor(receiver, name, run.notify);
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
