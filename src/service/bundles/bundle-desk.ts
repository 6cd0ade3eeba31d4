/** Writes bundles of runs, a few at once: each holds a connection of the pool for as long as its reader takes. */
import { bundleLines, openSigningKey, type SigningKey } from '../../bundles/index.ts';
import { batonVersion } from '../../places.ts';
import type { Database } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import { UnavailableError } from '../../errors/errors.ts';

const AT_ONCE = 2;

export interface BundleSettings {
  readonly database: Database;
  /** Seed of the key; none: a file of the data directory has it. */
  readonly seed: string | undefined;
  readonly home: string | undefined;
}

export class BundleDesk {
  readonly #settings: BundleSettings;
  #key: SigningKey | undefined;
  #open = 0;

  constructor(settings: BundleSettings) {
    this.#settings = settings;
  }

  /** Made at its first use. @throws UnavailableError `signing_key_unavailable` */
  key(): SigningKey {
    this.#key ??= openSigningKey(this.#settings);
    return this.#key;
  }

  /** The lines of a bundle, of one moment. @throws UnavailableError `server_busy`, `signing_key_unavailable` */
  write(runId: string): AsyncGenerator<string> {
    const key = this.key();
    if (this.#open >= AT_ONCE) {
      const message = `${AT_ONCE} bundles are being written, which is all that this process does at once. Try again.`;
      throw new UnavailableError('server_busy', message, { retryAfterSeconds: 5 });
    }
    return this.#lines(runId, key);
  }

  async *#lines(runId: string, key: SigningKey): AsyncGenerator<string> {
    this.#open += 1;
    try {
      const client = await this.#settings.database.connect();
      try {
        await client.query(sql`begin isolation level repeatable read read only`);
        yield* bundleLines(client, runId, { key, baton: batonVersion() });
      } finally {
        // Closes the connection, and with it the transaction, also where nobody reads on.
        client.release(true);
      }
    } finally {
      this.#open -= 1;
    }
  }
}
