/** Statements on `webhook_deliveries`, for people. */
import type { DeliveryFilter, Redelivery } from '../../../contract/webhooks/delivery.ts';
import { allOf, sql, type Statement } from '../../../database/sql.ts';

const columns = sql`id, webhook_id, event_id, type, run_id, status, attempts, tries, created_at, ended_at,
  case when status = 'pending' then next_at end as next_attempt_at`;

/** The newest first, one more than asked for. @param before id that the page before has ended with */
export const listDeliveries = (webhook: string, filter: DeliveryFilter, before?: number): Statement => {
  const { status, type, run, limit } = filter;
  const conditions = [
    sql`webhook_id = ${webhook}`,
    ...(status === undefined ? [] : [sql`status = any(${status})`]),
    ...(type === undefined ? [] : [sql`type = ${type}`]),
    ...(run === undefined ? [] : [sql`run_id = ${run}`]),
    ...(before === undefined ? [] : [sql`id < ${before}`]),
  ];
  return sql`select ${columns} from webhook_deliveries where ${allOf(conditions)} order by id desc limit ${limit + 1}`;
};

/** With `body`. */
export const findDelivery = (webhook: string, id: number): Statement =>
  sql`select ${columns}, body from webhook_deliveries where webhook_id = ${webhook} and id = ${id}`;

/** With a day of its own, at once. What is under way is left to end. */
const again = sql`status = 'pending', attempts = 0, next_at = now(), ended_at = null, give_up_at = null`;

/** Nothing where there is none. */
export const redeliver = (webhook: string, id: number): Statement => sql`
  update webhook_deliveries set ${again} where webhook_id = ${webhook} and id = ${id} returning ${columns}`;

/** `{id}` of each. */
export const redeliverAll = (webhook: string, { status, since }: Redelivery): Statement => sql`
  update webhook_deliveries set ${again}
  where webhook_id = ${webhook} and status = any(${status}) and created_at >= coalesce(${since ?? null}::timestamptz, '-infinity')
  returning id`;

/** Whoever was switched off by a person misses what was still to come; nothing is sent on by itself later. */
export const missPending = (webhook: string): Statement => sql`
  update webhook_deliveries set status = 'missed', ended_at = now() where webhook_id = ${webhook} and status = 'pending'`;

/** Whoever sends looks at once. */
export const tellDispatchers: Statement = sql`select pg_notify('baton_outgoing', '')`;
