/** Webhooks for readers: without what is secret of them. */
import type { Webhook } from '../../contract/webhooks/webhook.ts';
import { NotFoundError } from '../../errors/errors.ts';
import type { Keyring } from '../../secrets/keyring.ts';
import { openUrl } from '../../webhooks/sealed.ts';
import type { Services } from '../services.ts';
import { iso } from '../views/time.ts';
import type { Rows } from '../ways/store.ts';
import { findWebhook, listWebhooks } from './queries/webhooks.ts';

export type WebhookRow = Omit<Webhook, 'created_at' | 'updated_at' | 'previous_secret_until'> & {
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly previous_secret_until: Date | null;
};

type Reading = Pick<Services, 'store' | 'keyring'>;

/** All, in the order in which they were made. */
export async function readWebhooks({ store, keyring }: Reading): Promise<{ items: Webhook[] }> {
  const rows = await store.all<WebhookRow>(listWebhooks);
  return { items: rows.map((row) => webhookJson(row, keyring)) };
}

/** @param key id or name. @throws NotFoundError `webhook_not_found` */
export async function readWebhook({ store, keyring }: Reading, key: string): Promise<Webhook> {
  return webhookJson(await webhookNamed(store, key), keyring);
}

/** @throws NotFoundError `webhook_not_found` */
export async function webhookNamed(rows: Rows, key: string): Promise<WebhookRow> {
  return foundWebhook(key, await rows.first<WebhookRow>(findWebhook(key)));
}

export function foundWebhook(key: string, row: WebhookRow | undefined): WebhookRow {
  if (row !== undefined) return row;
  throw new NotFoundError('webhook_not_found', `There is no webhook "${key}". Somebody may have removed it.`);
}

export function webhookJson(row: WebhookRow, keyring: Keyring): Webhook {
  const { last_delivery: last, previous_secret_until: until } = row;
  return {
    ...row,
    url: shownUrl(row, keyring),
    last_delivery:
      last === null ? null : { ...last, error: last.error ?? null, created_at: iso(last.created_at) },
    previous_secret_until: until === null ? null : iso(until),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}

/** Whoever knows the whole address of a Slack webhook may write there; queries hold tokens. null: it is sealed by a key of others. */
function shownUrl({ id, kind, url }: WebhookRow, keyring: Keyring): string | null {
  const opened = url === null ? null : openedUrl(keyring, id, url);
  if (opened === null) return null;
  const { origin, pathname, search } = new URL(opened);
  if (kind === 'slack') return `${origin}/***`;
  return `${origin}${pathname}${search === '' ? '' : '?***'}`;
}

function openedUrl(keyring: Keyring, id: string, url: string): string | null {
  try {
    return openUrl(keyring, id, url);
  } catch {
    return null;
  }
}
