/** Statements on deliveries, as far as the sending of events needs them. */
import { jsonText } from '../../database/json-text.ts';
import { sql, type Statement } from '../../database/sql.ts';
import { GIVE_UP_MS } from '../backoff.ts';

export interface NewDelivery {
  readonly webhook_id: string;
  readonly event_id: string;
  readonly position: number;
  readonly run_id: string | null;
  readonly type: string;
  readonly body: string;
  /** `missed`: Baton has given the webhook up. */
  readonly status: 'pending' | 'missed';
}

/**
 * Of one webhook; an event goes there once. What follows an event of its run whose first try has yet to come to something is
 * not due (`next_at` null) until {@link releaseNext}: whoever adds has the webhook locked ({@link lockReceivers}), so that
 * none is left behind.
 */
export const addDeliveries = (deliveries: readonly NewDelivery[]): Statement => sql`
  insert into webhook_deliveries (webhook_id, event_id, position, run_id, type, body, status, next_at, ended_at)
  select n.webhook_id, n.event_id, n.position, n.run_id, n.type, n.body, n.status,
    case when n.run_id is null or not (
        row_number() over (partition by n.run_id order by n.position) > 1
        or exists (
          select from webhook_deliveries e
          where e.webhook_id = n.webhook_id and e.run_id = n.run_id and e.status = 'pending' and e.attempts = 0))
      then now() end,
    case when n.status = 'missed' then now() end
  from json_populate_recordset(null::webhook_deliveries, ${jsonText(deliveries)}::json) n
  on conflict do nothing`;

/** The first try of an event has come to something: the next one of its run is due. */
export const releaseNext = (webhook: string, run: string | null): Statement => sql`
  update webhook_deliveries set next_at = now() where id = (
    select id from webhook_deliveries
    where webhook_id = ${webhook} and run_id = ${run} and status = 'pending' and attempts = 0 and next_at is null
    order by position limit 1)`;

/** How many of a webhook's deliveries may be begun now. */
export interface Capacity {
  readonly webhook: string;
  readonly room: number;
}

export interface Claimed {
  readonly id: number;
  readonly webhook_id: string;
  readonly event_id: string;
  readonly run_id: string | null;
  readonly body: string;
  readonly attempts: number;
}

/**
 * Takes what is due, the longest due first.
 *
 * @param leaseMs after which somebody else may take it, if nothing was heard
 */
export const claimDeliveries = (
  owner: string,
  capacities: readonly Capacity[],
  leaseMs: number,
): Statement => sql`
  with due as (
    select d.id
    from unnest(${capacities.map(({ webhook }) => webhook)}::text[], ${capacities.map(({ room }) => room)}::int[])
           as w(webhook, room)
    cross join lateral (
      select id from webhook_deliveries d
      where d.webhook_id = w.webhook and d.status = 'pending' and d.next_at <= now()
        and (d.leased_until is null or d.leased_until < now())
      order by d.next_at, d.position limit w.room for update skip locked
    ) d
  )
  update webhook_deliveries set leased_by = ${owner}, leased_until = now() + ${leaseMs}::float8 * interval '1 ms'
  where id in (select id from due) returning id, webhook_id, event_id, run_id, body, attempts`;

/** A try, as the log of deliveries has it. */
export interface Try {
  /** ISO text. */
  readonly at: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly ms: number;
}

const MOST_TRIES = 20;

/** The newest twenty are kept; a try that somebody else's has overtaken is kept too. */
const withTry = (one: Try): Statement => sql`
  (select jsonb_agg(t.item order by t.n)
   from jsonb_array_elements(tries || ${jsonText([one])}::jsonb) with ordinality t(item, n)
   where t.n > jsonb_array_length(tries) + 1 - ${MOST_TRIES}::int)`;

const released = sql`leased_by = null, leased_until = null`;

/** It has arrived, whatever has become of it meanwhile. */
export const recordArrival = (id: number, one: Try): Statement => sql`
  update webhook_deliveries set status = 'delivered', attempts = attempts + 1, tries = ${withTry(one)},
    ended_at = now(), ${released}
  where id = ${id} and status <> 'delivered'`;

/** Answers `{status}`: `pending`, or `dead` where its time is over or `final`. Nothing where another has it by now. */
export const recordFailure = (
  id: number,
  owner: string,
  one: Try,
  { delayMs, final }: { readonly delayMs: number; readonly final: boolean },
): Statement => {
  const next = sql`now() + ${delayMs}::float8 * interval '1 ms'`;
  const giveUp = sql`coalesce(give_up_at, now() + ${GIVE_UP_MS}::float8 * interval '1 ms')`;
  const isOver = sql`(${final}::boolean or ${next} > ${giveUp})`;
  return sql`
    update webhook_deliveries set attempts = attempts + 1, tries = ${withTry(one)}, ${released}, next_at = ${next},
      give_up_at = ${giveUp}, status = case when status = 'pending' and ${isOver} then 'dead' else status end,
      ended_at = case when status = 'pending' and ${isOver} then now() else ended_at end
    where id = ${id} and leased_by = ${owner} returning status`;
};

/** What waits for a webhook that is given up waits no longer. */
export const missPending = (webhook: string): Statement => sql`
  update webhook_deliveries set status = 'missed', ended_at = now() where webhook_id = ${webhook} and status = 'pending'`;

/** Whoever stops gives back what he had begun: it is due at once. */
export const releaseDeliveries = (owner: string): Statement =>
  sql`update webhook_deliveries set ${released} where leased_by = ${owner} and status = 'pending'`;
