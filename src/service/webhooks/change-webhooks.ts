/** Making, changing and removing webhooks, and their secrets. */
import { randomBytes } from 'node:crypto';
import type {
  SecretRotation,
  Webhook,
  WebhookChange,
  WebhookContent,
  WebhookWithSecret,
} from '../../contract/webhooks/webhook.ts';
import { ConflictError, InvalidError, UnavailableError } from '../../errors/errors.ts';
import type { Keyring } from '../../secrets/keyring.ts';
import { countSealed, type SealedBy } from '../../webhooks/queries/sealed.ts';
import { sealSecret, sealUrl } from '../../webhooks/sealed.ts';
import { refusalOfUrl } from '../../webhooks/url.ts';
import { conditionsOf } from '../runs/selection.ts';
import type { Scope } from '../services.ts';
import type { Rows } from '../ways/store.ts';
import { missPending } from './queries/deliveries.ts';
import {
  addWebhook,
  changeSecret,
  changeWebhook,
  countWebhooks,
  findNamesake,
  removeWebhook,
} from './queries/webhooks.ts';
import { foundWebhook, webhookJson, webhookNamed, type WebhookRow } from './read-webhooks.ts';

/** Each has places of its own wherever events are sent. */
const MOST_WEBHOOKS = 200;
const SECRET_BYTES = 32;
const FOR_PEOPLE = ['question', 'failure', 'budget'];

const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

/**
 * Answers the secret too, for the only time.
 *
 * @throws ConflictError `webhook_exists`, `too_many_webhooks`; InvalidError `invalid_filter`, `invalid_request`;
 *   UnavailableError `sealing_key_unavailable`
 */
export async function createWebhook(scope: Scope, content: WebhookContent): Promise<WebhookWithSecret> {
  const { kind, name, url, by = null, secret: given, events, ...rest } = content;
  assertSendable(scope, url, rest.filter);
  const id = `wh-${randomBytes(6).toString('hex')}`;
  scope.call.record?.note({ detail: { webhook: id, kind, name } });
  const secret = kind === 'webhook' ? (given ?? newSecret()) : null;
  const usual = kind === 'webhook' ? ['*'] : FOR_PEOPLE;
  const { keyring } = scope;
  const sealed = {
    url: url === null ? null : sealUrl(keyring, id, url),
    secret: secret === null ? null : sealSecret(keyring, id, secret),
  };
  const row = await scope.store.transaction(async (rows) => {
    await assertKeyOfOthers(rows, keyring);
    const counted = await rows.first<{ webhooks: number }>(countWebhooks);
    if ((counted?.webhooks ?? 0) >= MOST_WEBHOOKS) throw tooMany();
    return rows.first<WebhookRow>(
      addWebhook({ ...rest, ...sealed, id, kind, name, by, events: events ?? usual }),
    );
  });
  if (row === undefined) throw nameTaken(name);
  return { ...webhookJson(row, keyring), secret };
}

/**
 * What is left out of the change stays. Whoever is switched off misses what was still to be sent.
 *
 * @throws NotFoundError `webhook_not_found`; ConflictError `webhook_exists`; InvalidError `invalid_filter`, `invalid_request`;
 *   UnavailableError `sealing_key_unavailable`
 */
export async function changeWebhookOf(scope: Scope, key: string, change: WebhookChange): Promise<Webhook> {
  const { name, url, addresses, filter, enabled } = change;
  const { keyring } = scope;
  assertSendable(scope, url ?? null, filter);
  const row = await scope.store.transaction(async (rows) => {
    const { id, kind } = await webhookNamed(rows, key);
    scope.call.record?.note({ detail: { webhook: id } });
    const misplaced = kind === 'email' ? url : addresses;
    if (misplaced !== undefined) throw wrongKind(kind);
    if (typeof name === 'string' && (await rows.first(findNamesake(id, name))) !== undefined)
      throw nameTaken(name);
    if (url !== undefined) await assertKeyOfOthers(rows, keyring);
    const kept = url === undefined ? change : { ...change, url: sealUrl(keyring, id, url) };
    // In this order, as whoever sends has it: first the webhook, then its deliveries.
    const changed = foundWebhook(key, await rows.first<WebhookRow>(changeWebhook(id, kept)));
    if (enabled === false) await rows.all(missPending(id));
    return enabled === false ? { ...changed, pending: 0 } : changed;
  });
  return webhookJson(row, keyring);
}

/**
 * Answers the new secret, for the only time.
 *
 * @throws NotFoundError `webhook_not_found`; InvalidError `invalid_request`; UnavailableError `sealing_key_unavailable`
 */
export async function rotateSecret(
  { store, call, keyring }: Scope,
  key: string,
  rotation: SecretRotation,
): Promise<WebhookWithSecret> {
  const { secret = newSecret(), overlap_hours: hours, by = null } = rotation;
  const { id, kind } = await webhookNamed(store, key);
  call.record?.note({ detail: { webhook: id } });
  if (kind !== 'webhook') throw wrongKind(kind);
  await assertKeyOfOthers(store, keyring);
  const row = await store.first<WebhookRow>(changeSecret(id, sealSecret(keyring, id, secret), hours, by));
  return { ...webhookJson(foundWebhook(key, row), keyring), secret };
}

/** With the log of what it was sent. Answers what was removed. @throws NotFoundError `webhook_not_found` */
export async function deleteWebhook({ store, call, keyring }: Scope, key: string): Promise<Webhook> {
  const { id } = await webhookNamed(store, key);
  call.record?.note({ detail: { webhook: id } });
  return webhookJson(foundWebhook(key, await store.first<WebhookRow>(removeWebhook(id))), keyring);
}

function assertSendable(
  { allowPrivate }: Pick<Scope, 'allowPrivate'>,
  url: string | null,
  filter: string | undefined,
): void {
  conditionsOf(filter);
  const refused = url === null ? null : refusalOfUrl(url, allowPrivate);
  if (refused !== null) throw invalid('body.url', `Nothing is sent to this URL: ${refused}.`);
}

/** What this process writes, those that send must be able to read: it has the keys of all that is sealed so far. */
async function assertKeyOfOthers(rows: Rows, { keys }: Keyring): Promise<void> {
  const sealed = await rows.all<SealedBy>(countSealed);
  const missing = sealed.flatMap(({ key }) => (key === null || keys.includes(key) ? [] : [key]));
  if (missing.length === 0) return;
  throw new UnavailableError(
    'sealing_key_unavailable',
    `Secrets of webhooks are sealed by the key ${missing.join(', ')}, which BATON_SEALING_KEY of this API lacks: nothing is ` +
      'written that projectors could not read.',
  );
}

const wrongKind = (kind: string): InvalidError =>
  invalid('body', `A webhook of kind ${kind} has no such thing; make another one.`);

function invalid(path: string, message: string): InvalidError {
  return new InvalidError('invalid_request', message, [{ path, code: 'not_taken', message }]);
}

const nameTaken = (name: string | null): ConflictError =>
  new ConflictError('webhook_exists', `There is another webhook "${name ?? ''}". Choose another name.`);

const tooMany = (): ConflictError =>
  new ConflictError('too_many_webhooks', `There are ${MOST_WEBHOOKS} webhooks; remove one first.`);
