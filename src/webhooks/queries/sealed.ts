/** Statements on what is sealed of webhooks. */
import { sql, type Statement } from '../../database/sql.ts';
import type { Receiver } from '../receiver.ts';

export type KeptSecrets = Pick<Receiver, 'id' | 'url' | 'secret' | 'previous_secret'>;

export const listKeptSecrets: Statement = sql`select id, url, secret, previous_secret from webhooks order by id`;

/** Nothing where somebody has written another meanwhile. */
export const keepSecrets = (before: KeptSecrets, now: Omit<KeptSecrets, 'id'>): Statement => sql`
  update webhooks set url = ${now.url}, secret = ${now.secret}, previous_secret = ${now.previous_secret}
  where id = ${before.id} and (url, secret, previous_secret) is not distinct from
    (${before.url}::text, ${before.secret}::text, ${before.previous_secret}::text)
  returning id`;

/** `{key, webhooks}`: the names of the keys that secrets are sealed by, null of those that stand as they are. */
export const countSealed: Statement = sql`
  select split_part(substring(t.text from '^sealed:1:.*'), ':', 3) as key, count(distinct w.id) as webhooks
  from webhooks w, unnest(array[w.url, w.secret, w.previous_secret]) as t(text)
  where t.text is not null group by 1 order by 1`;

export interface SealedBy {
  readonly key: string | null;
  readonly webhooks: number;
}
