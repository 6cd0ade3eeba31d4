/** Statements on `webhooks`. */
import type { WebhookChange } from '../../../contract/webhooks/webhook.ts';
import { sql, type Statement } from '../../../database/sql.ts';

const columns = sql`w.id, w.kind, w.name, w.url, w.addresses, w.description, w.events, w.filter, w.person as "for", w.enabled,
  w.disabled_reason, w.dead_in_row, w.created_at, w.updated_at, w.updated_by,
  case when w.previous_until > now() then w.previous_until end as previous_secret_until,
  (select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.status = 'pending') as pending,
  (select jsonb_build_object('type', d.type, 'status', d.status, 'error', d.tries -> -1 -> 'error', 'created_at', d.created_at)
   from webhook_deliveries d where d.webhook_id = w.id order by d.id desc limit 1) as last_delivery`;

/** In the order in which they were made. */
export const listWebhooks: Statement = sql`select ${columns} from webhooks w order by w.created_at, w.id`;

/** By its id, else by its name. */
export const findWebhook = (key: string): Statement => sql`
  select ${columns} from webhooks w where w.id = ${key} or lower(w.name) = lower(${key})
  order by w.id = ${key} desc limit 1`;

export const countWebhooks: Statement = sql`select count(*) as webhooks from webhooks`;

export interface NewWebhook {
  readonly id: string;
  readonly kind: string;
  readonly name: string | null;
  readonly url: string | null;
  readonly addresses: readonly string[];
  readonly description: string;
  readonly events: readonly string[];
  readonly filter: string;
  readonly for: string | null;
  readonly secret: string | null;
  readonly enabled: boolean;
  readonly by: string | null;
}

/** Nothing when the name is taken. */
export const addWebhook = (webhook: NewWebhook): Statement => {
  const { id, kind, name, url, addresses, description, events, filter, secret, enabled, by } = webhook;
  const { for: person } = webhook;
  return sql`
    insert into webhooks as w (id, kind, name, url, addresses, description, events, filter, person, secret, enabled, updated_by)
    values (${id}, ${kind}, ${name}, ${url}, ${addresses}, ${description}, ${events}, ${filter}, ${person}, ${secret}, ${enabled},
      ${by})
    on conflict do nothing returning ${columns}`;
};

/** Another that has the name: `{id}`. */
export const findNamesake = (id: string, name: string): Statement =>
  sql`select id from webhooks where id <> ${id} and lower(name) = lower(${name})`;

/** What is undefined stays. */
export const changeWebhook = (id: string, change: WebhookChange): Statement => {
  const { name, url, addresses, description, events, filter, enabled, by, for: person } = change;
  return sql`
    update webhooks w set
      name = case when ${name !== undefined}::boolean then ${name ?? null}::text else name end,
      url = coalesce(${url ?? null}::text, url),
      addresses = coalesce(${addresses ?? null}::text[], addresses),
      description = coalesce(${description ?? null}::text, description),
      events = coalesce(${events ?? null}::text[], events),
      filter = coalesce(${filter ?? null}::text, filter),
      person = case when ${person !== undefined}::boolean then ${person ?? null}::text else person end,
      enabled = coalesce(${enabled ?? null}::boolean, enabled),
      disabled_reason = case when ${enabled === undefined}::boolean then disabled_reason end,
      dead_in_row = case when ${enabled === true}::boolean then 0 else dead_in_row end,
      updated_at = now(), updated_by = ${by ?? null}
    where id = ${id} returning ${columns}`;
};

/** @param hours the former secret counts on */
export const changeSecret = (id: string, secret: string, hours: number, by: string | null): Statement => sql`
  update webhooks w set secret = ${secret},
    previous_secret = case when ${hours}::float8 > 0 then secret end,
    previous_until = case when ${hours}::float8 > 0 then now() + ${hours}::float8 * interval '1 hour' end,
    updated_at = now(), updated_by = ${by}
  where id = ${id} returning ${columns}`;

export const removeWebhook = (id: string): Statement =>
  sql`delete from webhooks w where id = ${id} returning ${columns}`;
