/**
 * Seals what is secret of all webhooks by the first key: what stands as it is, and what a former key has sealed. What does not
 * open stays, since another process may have its key. Nothing happens without a key.
 */
import { withClient } from '../database/database.ts';
import type { Keyring } from '../secrets/keyring.ts';
import { keepSecrets, listKeptSecrets, type KeptSecrets } from './queries/sealed.ts';
import { sealedAnew } from './sealed.ts';

const LOOK_MS = 5_000;

export interface Sealing {
  readonly keyring: Keyring;
  /** Nothing is written. */
  readonly isDry?: boolean;
  /** How long connecting and each statement may take; 5 s unless told. */
  readonly ms?: number;
}

/** Answers for how many webhooks it was done, or would be. @throws what Postgres says */
export async function sealStored(
  databaseUrl: string,
  { keyring, isDry = false, ms = LOOK_MS }: Sealing,
): Promise<number> {
  if (keyring.keys.length === 0) return 0;
  return withClient(databaseUrl, { name: 'seal', ms }, async (client) => {
    const { rows } = await client.query<KeptSecrets>(listKeptSecrets);
    let done = 0;
    for (const row of rows) {
      const anew = sealedOrNull(keyring, row);
      if (anew === null) continue;
      const written = isDry ? 1 : (await client.query(keepSecrets(row, anew))).rowCount;
      done += written ?? 0;
    }
    return done;
  });
}

function sealedOrNull(keyring: Keyring, row: KeptSecrets): Omit<KeptSecrets, 'id'> | null {
  try {
    return sealedAnew(keyring, row);
  } catch {
    return null;
  }
}
