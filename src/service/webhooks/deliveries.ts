/** The log of what a webhook was sent, and sending it again. */
import { randomUUID } from 'node:crypto';
import type {
  DeliveryFilter,
  Redelivery,
  WebhookDelivery,
  WholeDelivery,
} from '../../contract/webhooks/delivery.ts';
import { ConflictError, NotFoundError } from '../../errors/errors.ts';
import { readJson } from '../../plan/exact-json.ts';
import { TEST_EVENT } from '../../protocol/outgoing/event-names.ts';
import { testEventText } from '../../webhooks/cloud-event.ts';
import { addDeliveries } from '../../webhooks/queries/deliveries.ts';
import { decodeCursor, pageOf, type Page } from '../cursor.ts';
import type { Scope, Services } from '../services.ts';
import { iso } from '../views/time.ts';
import type { Rows } from '../ways/store.ts';
import {
  findDelivery,
  listDeliveries,
  redeliver,
  redeliverAll,
  tellDispatchers,
} from './queries/deliveries.ts';
import { webhookNamed, type WebhookRow } from './read-webhooks.ts';

type DeliveryRow = Omit<WebhookDelivery, 'id' | 'webhook' | 'created_at' | 'ended_at' | 'next_attempt_at'> & {
  readonly id: number;
  readonly webhook_id: string;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly next_attempt_at: Date | null;
};

/** A page, newest first. @throws NotFoundError `webhook_not_found`; InvalidError `invalid_cursor` */
export async function readDeliveries(
  { store }: Pick<Services, 'store'>,
  key: string,
  filter: DeliveryFilter,
): Promise<Page<WebhookDelivery>> {
  const { id } = await webhookNamed(store, key);
  const list = `deliveries:${id}`;
  const [before] = filter.cursor === undefined ? [] : decodeCursor(list, filter.cursor);
  const position = before === undefined ? undefined : Number(before);
  const rows = await store.all<DeliveryRow>(listDeliveries(id, filter, position));
  return pageOf(list, rows, filter.limit, deliveryJson, (row) => [String(row.id)]);
}

/** With what is sent. @throws NotFoundError `webhook_not_found`, `delivery_not_found` */
export async function readDelivery(
  { store }: Pick<Services, 'store'>,
  key: string,
  delivery: string,
): Promise<WholeDelivery> {
  const { id } = await webhookNamed(store, key);
  type Whole = DeliveryRow & { readonly body: string };
  const { body, ...row } = foundDelivery(
    delivery,
    await store.first<Whole>(findDelivery(id, Number(delivery))),
  );
  return { ...deliveryJson(row), event: readJson(body) };
}

/**
 * Sends it once more, under the same id, with a day of its own.
 *
 * @throws NotFoundError `webhook_not_found`, `delivery_not_found`; ConflictError `webhook_disabled`
 */
export async function redeliverOne(
  { store, call }: Scope,
  key: string,
  delivery: string,
): Promise<WebhookDelivery> {
  call.record?.note({ detail: { webhook: key, delivery } });
  const { id } = await enabledWebhook(store, key);
  const row = await store.first<DeliveryRow>(redeliver(id, Number(delivery)));
  const again = foundDelivery(delivery, row);
  await store.all(tellDispatchers);
  return deliveryJson(again);
}

/** The same of all that was given up or missed. @throws NotFoundError `webhook_not_found`; ConflictError `webhook_disabled` */
export async function redeliverMany(
  { store, call }: Scope,
  key: string,
  redelivery: Redelivery,
): Promise<{ deliveries: number }> {
  call.record?.note({ detail: { webhook: key, status: redelivery.status } });
  const { id } = await enabledWebhook(store, key);
  const rows = await store.all(redeliverAll(id, redelivery));
  await store.all(tellDispatchers);
  return { deliveries: rows.length };
}

/** Sends an event of nothing. @throws NotFoundError `webhook_not_found`; ConflictError `webhook_disabled` */
export async function testWebhook({ store, call, publicUrl }: Scope, key: string): Promise<WebhookDelivery> {
  call.record?.note({ detail: { webhook: key } });
  const { id } = await enabledWebhook(store, key);
  const event = randomUUID();
  const body = testEventText(event, TEST_EVENT, id, publicUrl, new Date());
  const delivery = { webhook_id: id, event_id: event, position: 0, run_id: null, type: TEST_EVENT, body };
  const row = await store.transaction(async (rows) => {
    await rows.all(addDeliveries([{ ...delivery, status: 'pending' }]));
    return newest(rows, id);
  });
  await store.all(tellDispatchers);
  return deliveryJson(foundDelivery(event, row));
}

const newest = (rows: Rows, webhook: string) =>
  rows.first<DeliveryRow>(listDeliveries(webhook, { type: TEST_EVENT, limit: 1 }));

async function enabledWebhook(rows: Rows, key: string): Promise<WebhookRow> {
  const row = await webhookNamed(rows, key);
  if (row.enabled) return row;
  throw new ConflictError('webhook_disabled', `The webhook "${key}" is switched off: enable it first.`);
}

function foundDelivery<Row>(id: string, row: Row | undefined): Row {
  if (row !== undefined) return row;
  throw new NotFoundError(
    'delivery_not_found',
    `The webhook has no delivery "${id}". Old ones are forgotten.`,
  );
}

function deliveryJson({ webhook_id: webhook, ...row }: DeliveryRow): WebhookDelivery {
  return {
    ...row,
    id: String(row.id),
    webhook,
    created_at: iso(row.created_at),
    ended_at: row.ended_at === null ? null : iso(row.ended_at),
    next_attempt_at: row.next_attempt_at === null ? null : iso(row.next_attempt_at),
  };
}
