/** Webhooks and their deliveries on a screen. */
import type { WebhookDelivery } from '../../../contract/webhooks/delivery.ts';
import type { Webhook } from '../../../contract/webhooks/webhook.ts';
import { dateTimeText, zoneName } from '../../terminal/local-time.ts';
import { table } from '../../terminal/output.ts';

export function webhookList(webhooks: readonly Webhook[]): string {
  if (webhooks.length === 0) return 'no webhooks';
  const rows = webhooks.map((one) => [
    one.id,
    one.name ?? '',
    one.kind,
    stateOf(one),
    String(one.pending),
    one.events.join(',') || '(by definitions)',
    whereTo(one),
  ]);
  return table(['ID', 'NAME', 'KIND', 'STATE', 'PENDING', 'EVENTS', 'TO'], rows);
}

export function webhookText(one: Webhook): string {
  const lines = [
    ['id', one.id],
    ['name', one.name],
    ['kind', one.kind],
    ['to', whereTo(one)],
    ['events', one.events.join(', ') || 'what definitions name it for'],
    ['filter', one.filter],
    ['for', one.for],
    ['description', one.description],
    ['state', stateOf(one)],
    ['reason', one.disabled_reason],
    ['pending', String(one.pending)],
    ['former secret until', one.previous_secret_until],
  ];
  return lines
    .flatMap(([name, value]) => (value == null || value === '' ? [] : [`${name}: ${value}`]))
    .join('\n');
}

export function deliveryList(deliveries: readonly WebhookDelivery[]): string {
  if (deliveries.length === 0) return 'no deliveries';
  const rows = deliveries.map((one) => [
    one.id,
    dateTimeText(one.created_at),
    one.type,
    one.run_id ?? '',
    one.status,
    String(one.attempts),
    lastOf(one),
  ]);
  return table(['ID', `AT (${zoneName()})`, 'EVENT', 'RUN', 'STATUS', 'TRIES', 'LAST'], rows);
}

const stateOf = ({ enabled, disabled_reason: reason }: Webhook): string =>
  enabled ? 'on' : reason === null ? 'off' : 'given up';

const whereTo = ({ url, addresses }: Webhook): string => url ?? addresses.join(', ');

function lastOf({ tries, next_attempt_at: next }: WebhookDelivery): string {
  const last = tries.at(-1);
  const again = next === null || last === undefined ? '' : `; again ${dateTimeText(next)}`;
  return last === undefined ? '' : `${last.error ?? String(last.status ?? 'sent')}${again}`;
}
