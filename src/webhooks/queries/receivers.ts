/** Statements on webhooks, as far as the sending of events needs them. */
import { allOf, sql, type Statement } from '../../database/sql.ts';

const columns = sql`id, kind, name, url, addresses, events, filter, person, secret,
  case when previous_until > now() then previous_secret end as previous_secret, enabled`;

/**
 * Those that events are kept for: what comes while Baton has given one up counts as missed. With `created_at`. Until the end
 * of the transaction nobody else writes down what came of their deliveries, nor changes them.
 */
export const lockReceivers: Statement = sql`
  select ${columns}, created_at from webhooks where enabled or disabled_reason is not null order by id for no key update`;

/** The same of one, for whoever writes down what came of a delivery. */
export const lockReceiver = (id: string): Statement =>
  sql`select from webhooks where id = ${id} for no key update`;

/** Those that something is to be sent to now. */
export const listDueReceivers: Statement = sql`
  select ${columns} from webhooks w where w.enabled and exists (
    select from webhook_deliveries d where d.webhook_id = w.id and d.status = 'pending' and d.next_at <= now())
  order by id`;

/** `{id}` of those of the runs that the conditions on a run `r` fit. */
export const listFitting = (ids: readonly string[], conditions: readonly Statement[]): Statement =>
  sql`select r.id from workflow_runs r where r.id = any(${ids}) and ${allOf(conditions)}`;

/** One delivery has arrived: none has failed in a row. */
export const forgetFailures = (id: string): Statement =>
  sql`update webhooks set dead_in_row = 0 where id = ${id} and dead_in_row > 0`;

/** One was given up. Answers `{enabled}`: false from the one on with which the webhook is given up too. */
export const countDead = (id: string, most: number, reason: string): Statement => sql`
  update webhooks set dead_in_row = dead_in_row + 1,
    enabled = enabled and dead_in_row + 1 < ${most},
    disabled_reason = case when enabled and dead_in_row + 1 >= ${most} then ${reason} else disabled_reason end
  where id = ${id} returning enabled`;

export const giveUpReceiver = (id: string, reason: string): Statement => sql`
  update webhooks set enabled = false, disabled_reason = coalesce(disabled_reason, ${reason})
  where id = ${id} and enabled`;
