/**
 * What is secret of a webhook, sealed for its row: its secrets, and its URL, by which alone one may write to Slack. Where
 * the installation has no key they stand as they are.
 */
import type { Keyring } from '../secrets/keyring.ts';
import type { Receiver } from './receiver.ts';

type Secrets = Pick<Receiver, 'url' | 'secret' | 'previous_secret'>;

const urlOf = (id: string): string => `webhooks/${id}/url`;
/** The former secret has been the present one. */
const secretOf = (id: string): string => `webhooks/${id}/secret`;

export const sealUrl = (keyring: Keyring, id: string, url: string): string => keyring.seal(url, urlOf(id));

export const sealSecret = (keyring: Keyring, id: string, secret: string): string =>
  keyring.seal(secret, secretOf(id));

/** @throws Error that says why */
export const openUrl = (keyring: Keyring, id: string, url: string): string => keyring.open(url, urlOf(id));

/** @throws Error that says which of them does not open, and why */
export function openReceiver<Row extends Secrets & { readonly id: string }>(
  keyring: Keyring,
  receiver: Row,
): Row {
  const { id, url, secret, previous_secret: previous } = receiver;
  const open = (text: string | null, place: string) => (text === null ? null : keyring.open(text, place));
  return {
    ...receiver,
    url: open(url, urlOf(id)),
    secret: open(secret, secretOf(id)),
    previous_secret: open(previous, secretOf(id)),
  };
}

/** The same, sealed by the first key; null: nothing is to be done. @throws Error where one does not open */
export function sealedAnew(keyring: Keyring, row: Secrets & { readonly id: string }): Secrets | null {
  const texts = [row.url, row.secret, row.previous_secret].filter((text) => text !== null);
  if (!texts.some((text) => keyring.isStale(text))) return null;
  const { id, url, secret, previous_secret: previous } = openReceiver(keyring, row);
  return {
    url: url === null ? null : sealUrl(keyring, id, url),
    secret: secret === null ? null : sealSecret(keyring, id, secret),
    previous_secret: previous === null ? null : sealSecret(keyring, id, previous),
  };
}
