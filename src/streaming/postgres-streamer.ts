/** Streams through an unlogged table and NOTIFY: what one process writes, every other can read. */
import type { Address } from '../plan/address.ts';
import { Channel } from '../database/channel.ts';
import type { Database } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import { addPieces, INTERRUPTED } from './add-pieces.ts';
import { CallWriter } from './call-writer.ts';
import type { Masking } from './streamer.ts';
import { deleteStalePieces } from './delete-stale-pieces.ts';
import { listPieces } from './list-pieces.ts';
import { Outbox } from './outbox.ts';
import { SharedReads } from './shared-reads.ts';
import { PAGE, type CallAddress, type CallStream, type Streamer, type StreamEvent } from './streamer.ts';

interface PieceRow {
  readonly position: number;
  readonly step: Address;
  readonly attempt: number;
  readonly turn: number;
  readonly type: StreamEvent['type'] | typeof INTERRUPTED;
  readonly start_offset: number;
  readonly content: string;
  readonly session_id: string | null;
  readonly head: string | null;
  readonly created_at: Date;
}

export class PostgresStreamer implements Streamer {
  readonly #database: Database;
  readonly #channel: Channel;
  readonly #outbox: Outbox;
  readonly #reads = new SharedReads((runId, after) => this.#read(runId, after));

  /** @param database where it writes, best a pool of its own: a call must not wait for other things, nor they for it */
  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#channel = new Channel('baton_stream', database, log);
    this.#outbox = new Outbox((pieces) => database.query(addPieces(pieces)), log);
  }

  begin(call: CallAddress, masking: Masking): CallStream {
    return new CallWriter(call, masking, this.#outbox);
  }

  read(runId: string, after: number): Promise<readonly StreamEvent[]> {
    return this.#reads.read(runId, after);
  }

  watch(runId: string, ring: () => void): () => void {
    return this.#channel.subscribe(runId, () => {
      this.#reads.outdate(runId);
      ring();
    });
  }

  /** Forgets turns of which nothing was told for so long; answers how many pieces. @throws when Postgres is away */
  async clean(minutes: number): Promise<number> {
    const { rowCount } = await this.#database.query(deleteStalePieces(minutes));
    return rowCount ?? 0;
  }

  close(): Promise<void> {
    return this.#outbox.close();
  }

  async #read(runId: string, after: number): Promise<readonly StreamEvent[]> {
    const { rows } = await this.#database.query<PieceRow>(listPieces(runId, after, PAGE));
    return rows.map(eventOf);
  }
}

function eventOf({
  start_offset: offset,
  session_id: session,
  head,
  created_at,
  type,
  ...row
}: PieceRow): StreamEvent {
  const message = session === null || head === null ? null : { session, head };
  const interrupted = type === INTERRUPTED;
  return { ...row, type: interrupted ? 'end' : type, offset, message, interrupted, timestamp: created_at };
}
