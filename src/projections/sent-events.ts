/** The projector sends events to webhooks, on connections of its own, so that following runs waits for nothing. */
import type { Config } from '../config.ts';
import { closeDatabase, openDatabase } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import { knownSecrets } from '../secrets/known-secrets.ts';
import { maskingFor } from '../secrets/masking.ts';
import { dispatchEvents } from '../webhooks/index.ts';

interface Sending {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Until stopped. Never throws. */
export async function sendEvents({ config, databaseUrl, log, signal }: Sending): Promise<void> {
  const options = { log, name: 'webhooks', max: 4, seconds: config.BATON_DATABASE_SECONDS };
  const database = openDatabase(databaseUrl, options);
  const { mask } = maskingFor(knownSecrets(process.env));
  await dispatchEvents({ database, config, mask, log, signal });
  await closeDatabase(database);
}
