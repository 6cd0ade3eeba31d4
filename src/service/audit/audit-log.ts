/**
 * Writes the rows of `audit_log` for requests: those that come at the same time share a statement.
 *
 * What is refused has happened to nobody, so its answer does not depend on its row: one that cannot be written stands in
 * the log of the process instead, as does the end of a row that cannot be completed.
 */
import { messageOf } from '../../errors/errors.ts';
import { addAuditEntries, endAuditEntries, type AuditEnd, type AuditEntry } from '../../database/audit.ts';
import type { Logger } from '../../log/log.ts';
import { ReadTogether } from '../changes/read-together.ts';
import type { Rows } from '../ways/store.ts';

const USUAL_MS = 1_000;

export class AuditLog {
  readonly #log: Pick<Logger, 'warn'>;
  readonly #patienceMs: number;
  readonly #added: ReadTogether<AuditEntry, ReadonlyMap<string, number>>;
  readonly #ended: ReadTogether<AuditEnd, void>;

  /** @param patienceMs longest that an answer waits for the row that tells of it */
  constructor(rows: Pick<Rows, 'all'>, log: Pick<Logger, 'warn'>, patienceMs = USUAL_MS) {
    this.#log = log;
    this.#patienceMs = patienceMs;
    this.#added = new ReadTogether((_, entries) => add(rows, entries));
    this.#ended = new ReadTogether(async (_, ends) => void (await rows.all(endAuditEntries(ends))));
  }

  /** Writes a row before the effect; answers its id. @throws UnavailableError as statements do */
  async begin(entry: AuditEntry): Promise<number> {
    const ids = await this.#added.ask('add', entry);
    const id = ids.get(entry.request_id);
    if (id === undefined) throw new Error(`the row of request ${entry.request_id} was not inserted`);
    return id;
  }

  /** Completes a row. Never throws. */
  end(end: AuditEnd): Promise<void> {
    return this.#tolerated(end, this.#ended.ask('end', end));
  }

  /** Writes the row of what was refused before it began. Never throws. */
  refuse(entry: AuditEntry): Promise<void> {
    return this.#tolerated(entry, this.#added.ask('add', entry));
  }

  async #tolerated(entry: AuditEntry, writing: Promise<unknown>): Promise<void> {
    const written = writing.catch((error: unknown) => {
      this.#log.warn({ audit: entry, reason: messageOf(error) }, 'not in audit_log: it cannot be written');
    });
    let impatient: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (impatient = setTimeout(resolve, this.#patienceMs)));
    await Promise.race([written, late]);
    clearTimeout(impatient);
  }
}

async function add(
  rows: Pick<Rows, 'all'>,
  entries: readonly AuditEntry[],
): Promise<ReadonlyMap<string, number>> {
  const added = await rows.all<{ id: number; request_id: string }>(addAuditEntries(entries));
  return new Map(added.map(({ id, request_id }) => [request_id, id]));
}
