/**
 * Streams through Redis: what one process writes, every other can read. Needs Redis 6 or newer, a single server (no
 * Cluster).
 */
import type { Logger } from '../../log/log.ts';
import { CallWriter } from '../call-writer.ts';
import type { Masking } from '../streamer.ts';
import { Outbox } from '../outbox.ts';
import type { Piece } from '../piece.ts';
import { SharedReads } from '../shared-reads.ts';
import { PAGE, type CallAddress, type CallStream, type StreamEvent, type Streamer } from '../streamer.ts';
import { addPieces, CHANNEL, piecesKey } from './add-pieces.ts';
import { entryEvent } from './entry-event.ts';
import { RedisLink } from './redis-link.ts';

export class RedisStreamer implements Streamer {
  readonly #link: RedisLink;
  readonly #keepMs: number;
  readonly #outbox: Outbox;
  readonly #reads = new SharedReads((runId, after) => this.#read(runId, after));
  readonly #watching = new Map<string, Set<() => void>>();
  #listening = false;

  /** @param minutes how long a run's pieces are kept after the last one */
  constructor(url: string, minutes: number, log: Logger) {
    this.#link = new RedisLink(url, log);
    this.#keepMs = minutes * 60_000;
    this.#outbox = new Outbox((pieces) => this.#write(pieces), log);
  }

  begin(call: CallAddress, masking: Masking): CallStream {
    return new CallWriter(call, masking, this.#outbox);
  }

  read(runId: string, after: number): Promise<readonly StreamEvent[]> {
    return this.#reads.read(runId, after);
  }

  watch(runId: string, ring: () => void): () => void {
    // One for each watcher, also when the same function watches twice.
    const entry = () => ring();
    const entries = this.#watching.get(runId) ?? new Set();
    this.#watching.set(runId, entries.add(entry));
    this.#listen();
    return () => {
      entries.delete(entry);
      if (entries.size === 0 && this.#watching.get(runId) === entries) this.#watching.delete(runId);
    };
  }

  async close(): Promise<void> {
    await this.#outbox.close();
    this.#link.close();
  }

  async #write(pieces: readonly Piece[]): Promise<void> {
    const runs = [...new Set(pieces.map(({ runId }) => runId))];
    const scripts = runs.map((runId) =>
      addPieces(
        runId,
        pieces.filter((piece) => piece.runId === runId),
        this.#keepMs,
      ),
    );
    await this.#link.run((client) =>
      Promise.all(scripts.map(({ text, options }) => client.eval(text, options))),
    );
  }

  async #read(runId: string, after: number): Promise<readonly StreamEvent[]> {
    const entries = await this.#link.run((client) =>
      client.xRange(piecesKey(runId), `${after + 1}`, '+', { COUNT: PAGE }),
    );
    return (entries ?? []).map(entryEvent);
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    const tell = (runId: string) => {
      this.#reads.outdate(runId);
      for (const entry of this.#watching.get(runId) ?? []) entry();
    };
    this.#link.subscribe(CHANNEL, tell, () => [...this.#watching.keys()].forEach(tell));
  }
}
