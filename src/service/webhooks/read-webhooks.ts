/** Webhooks for readers: without what is secret of them. */
import type { Webhook } from '../../contract/webhooks/webhook.ts';
import { NotFoundError } from '../../errors/errors.ts';
import type { Services } from '../services.ts';
import { iso } from '../views/time.ts';
import type { Rows } from '../ways/store.ts';
import { findWebhook, listWebhooks } from './queries/webhooks.ts';

export type WebhookRow = Omit<Webhook, 'created_at' | 'updated_at' | 'previous_secret_until'> & {
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly previous_secret_until: Date | null;
};

/** All, in the order in which they were made. */
export async function readWebhooks({ store }: Pick<Services, 'store'>): Promise<{ items: Webhook[] }> {
  const rows = await store.all<WebhookRow>(listWebhooks);
  return { items: rows.map(webhookJson) };
}

/** @param key id or name. @throws NotFoundError `webhook_not_found` */
export async function readWebhook({ store }: Pick<Services, 'store'>, key: string): Promise<Webhook> {
  return webhookJson(await webhookNamed(store, key));
}

/** @throws NotFoundError `webhook_not_found` */
export async function webhookNamed(rows: Rows, key: string): Promise<WebhookRow> {
  return foundWebhook(key, await rows.first<WebhookRow>(findWebhook(key)));
}

export function foundWebhook(key: string, row: WebhookRow | undefined): WebhookRow {
  if (row !== undefined) return row;
  throw new NotFoundError('webhook_not_found', `There is no webhook "${key}". Somebody may have removed it.`);
}

export function webhookJson(row: WebhookRow): Webhook {
  const { url, kind, last_delivery: last, previous_secret_until: until } = row;
  return {
    ...row,
    url: url === null ? null : shownUrl(url, kind),
    last_delivery:
      last === null ? null : { ...last, error: last.error ?? null, created_at: iso(last.created_at) },
    previous_secret_until: until === null ? null : iso(until),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}

/** Whoever knows the whole address of a Slack webhook may write there; queries hold tokens. */
function shownUrl(text: string, kind: Webhook['kind']): string {
  const { origin, pathname, search } = new URL(text);
  if (kind === 'slack') return `${origin}/***`;
  return `${origin}${pathname}${search === '' ? '' : '?***'}`;
}
