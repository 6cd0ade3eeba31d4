/** Streams through an unlogged table and NOTIFY: what one process writes, every other can read. */
import { Channel } from '../database/channel.ts';
import type { Database } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import { addPieces } from './add-pieces.ts';
import { CallWriter } from './call-writer.ts';
import type { Masking } from './coalescer.ts';
import { deleteStalePieces } from './delete-stale-pieces.ts';
import { listPieces } from './list-pieces.ts';
import { Outbox } from './outbox.ts';
import { PAGE, type CallAddress, type CallStream, type Streamer, type StreamEvent } from './streamer.ts';

interface PieceRow {
  readonly position: number;
  readonly step: string;
  readonly attempt: number;
  readonly turn: number;
  readonly type: StreamEvent['type'];
  readonly start_offset: number;
  readonly content: string;
  readonly session_id: string | null;
  readonly head: string | null;
  readonly created_at: Date;
}

type Reads = Map<number, Promise<readonly StreamEvent[]>>;

export class PostgresStreamer implements Streamer {
  readonly #database: Database;
  readonly #channel: Channel;
  readonly #outbox: Outbox;
  /** Reads under way by run and position: readers that have got equally far share one. */
  readonly #reads = new Map<string, Reads>();

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
    const reads: Reads = this.#reads.get(runId) ?? new Map();
    const shared = reads.get(after);
    if (shared !== undefined) return shared;
    const read = this.#read(runId, after).finally(() => {
      reads.delete(after);
      if (reads.size === 0 && this.#reads.get(runId) === reads) this.#reads.delete(runId);
    });
    reads.set(after, read);
    this.#reads.set(runId, reads);
    return read;
  }

  watch(runId: string, ring: () => void): () => void {
    return this.#channel.subscribe(runId, () => {
      // What is being read may be older than what rang.
      this.#reads.delete(runId);
      ring();
    });
  }

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
  ...row
}: PieceRow): StreamEvent {
  const message = session === null || head === null ? null : { session, head };
  return { ...row, offset, message, timestamp: created_at };
}
