/** Reads under way, by run and position: readers that have got equally far share one. */
import type { StreamEvent } from './streamer.ts';

type Read = (runId: string, after: number) => Promise<readonly StreamEvent[]>;
type Reads = Map<number, Promise<readonly StreamEvent[]>>;

export class SharedReads {
  readonly #read: Read;
  readonly #runs = new Map<string, Reads>();

  constructor(read: Read) {
    this.#read = read;
  }

  read(runId: string, after: number): Promise<readonly StreamEvent[]> {
    const reads: Reads = this.#runs.get(runId) ?? new Map();
    const shared = reads.get(after);
    if (shared !== undefined) return shared;
    const read = this.#read(runId, after).finally(() => {
      reads.delete(after);
      if (reads.size === 0 && this.#runs.get(runId) === reads) this.#runs.delete(runId);
    });
    reads.set(after, read);
    this.#runs.set(runId, reads);
    return read;
  }

  /** There is something new of the run: what is being read may be older. */
  outdate(runId: string): void {
    this.#runs.delete(runId);
  }
}
