/** What is said of webhooks and deliveries, in a few words. Pure. */
import type { Webhook, WebhookDelivery } from '../api/generated.ts';
import type { Words } from '../words/status.ts';

export const KIND_WORDS: Readonly<Record<Webhook['kind'], string>> = {
  webhook: 'Webhook',
  slack: 'Slack',
  email: 'E-mail',
};

/** What it is called by, for people. */
export function titleOf({ name, id }: Pick<Webhook, 'name' | 'id'>): string {
  return name ?? id;
}

/** Where it sends, as far as that is told. */
export function whereTo({ url, addresses }: Pick<Webhook, 'url' | 'addresses'>): string {
  return url ?? addresses.join(', ');
}

export function webhookWords({
  enabled,
  disabled_reason: reason,
}: Pick<Webhook, 'enabled' | 'disabled_reason'>): Words {
  if (enabled) return { text: 'On', tone: 'done', sign: 'done' };
  if (reason === null) return { text: 'Off', tone: 'idle', sign: 'stopped' };
  return { text: 'Given up', tone: 'fail', sign: 'failed', more: reason };
}

export const DELIVERY_WORDS: Readonly<Record<WebhookDelivery['status'], Words>> = {
  pending: { text: 'On its way', tone: 'run', sign: 'waits' },
  delivered: { text: 'Arrived', tone: 'done', sign: 'done' },
  dead: { text: 'Given up', tone: 'fail', sign: 'failed', more: 'It was tried for a day.' },
  missed: {
    text: 'Missed',
    tone: 'need',
    sign: 'skipped',
    more: 'It was not tried: the webhook was switched off or given up.',
  },
};

/** A delivery that was tried and has failed so far says more than that it is on its way. */
export function deliveryWords({ status, attempts }: Pick<WebhookDelivery, 'status' | 'attempts'>): Words {
  if (status === 'pending' && attempts > 0)
    return { text: `Retrying ×${attempts}`, tone: 'need', sign: 'retries' };
  return DELIVERY_WORDS[status];
}

/** What of what happens it is sent. */
export function eventsWords({ events }: Pick<Webhook, 'events'>): string {
  if (events.length === 0) return 'what definitions name it for';
  return events.includes('*') ? 'everything' : events.join(', ');
}
