/**
 * Signatures of what is sent, as Standard Webhooks has them (standardwebhooks.com, version 1, symmetric): HMAC-SHA256 over
 * id, time and body. With two secrets there are two signatures, so that a receiver may change its own at any moment.
 */
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

export interface Signed {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** The three headers. @param secrets `whsec_` and base64 each; the present one first */
export function signatureHeaders(signed: Signed, secrets: readonly string[]): Record<string, string> {
  const { id, timestamp } = signed;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': secrets.map((secret) => `v1,${signatureOf(signed, secret)}`).join(' '),
  };
}

function signatureOf({ id, timestamp, body }: Signed, secret: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
}
