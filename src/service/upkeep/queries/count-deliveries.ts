import { sql, type Statement } from '../../../database/sql.ts';

/**
 * Deliveries to webhooks by status, and for how long the longest due has waited (s; null: none is due). What has not been
 * given to anybody yet counts as `put_out`.
 */
export const countDeliveries = (): Statement => sql`
  select status, count(*) as deliveries,
         extract(epoch from now() - min(next_at) filter (where status = 'pending' and next_at <= now()))::float as overdue
  from webhook_deliveries group by status
  union all select 'put_out', count(*), null from outgoing_events`;

/** How many webhooks Baton has given up: `{given_up}`. */
export const countGivenUp = (): Statement =>
  sql`select count(*) as given_up from webhooks where disabled_reason is not null`;
