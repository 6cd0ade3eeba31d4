/** What the sending of events works with. */
import type { Config } from '../config.ts';
import type { Masking } from '../secrets/masking.ts';

/** Covers every secret that the process knows. */
export type Mask = Masking['mask'];

export type WebhookConfig = Pick<
  Config,
  | 'BATON_SEALING_KEY'
  | 'BATON_PUBLIC_URL'
  | 'BATON_PORT'
  | 'BATON_ALLOW_PRIVATE_NETWORK'
  | 'BATON_SMTP_URL'
  | 'BATON_SMTP_FROM'
>;

const USUAL_PORT = 4700;

/** Where people find Baton, without a slash at its end: as told, else on this machine. */
export function publicUrlOf({
  BATON_PUBLIC_URL: told,
  BATON_PORT: port,
}: Partial<Pick<WebhookConfig, 'BATON_PUBLIC_URL' | 'BATON_PORT'>>): string {
  return (told ?? `http://127.0.0.1:${port ?? USUAL_PORT}`).replace(/\/+$/, '');
}
