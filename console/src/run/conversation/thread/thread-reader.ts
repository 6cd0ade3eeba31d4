/**
 * Keeps the conversation of a run in step with its events: reads what is new, at most five times a second. What it was
 * told of stays to be read until it has been: also while the conversation is not known yet, or nobody answers.
 */
import type { QueryClient } from '@tanstack/react-query';
import { joinPiece, knownThread, threadKey } from './known-thread.ts';
import { readSince } from './read-thread.ts';

const READ_EVERY_MS = 200;
const AGAIN_MS = 1_000;

export class ThreadReader {
  readonly #queries: QueryClient;
  readonly #runId: string;
  readonly #changed = new Set<number>();
  #isAsked = false;
  #isTold = false;
  #isStopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(queries: QueryClient, runId: string) {
    this.#queries = queries;
    this.#runId = runId;
  }

  take(type: string, data: unknown): void {
    const { receipt, message } = (data ?? {}) as { readonly receipt?: unknown; readonly message?: unknown };
    if (receipt === true && typeof message === 'number') this.#changed.add(message);
    if (type === 'question') this.#isAsked = true;
    this.#isTold = true;
    this.#timer ??= setTimeout(() => void this.#read(), READ_EVERY_MS);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    const key = threadKey(this.#runId, undefined);
    const known = knownThread(this.#queries, key);
    if (known === undefined) return this.#later(AGAIN_MS);
    const changed = [...this.#changed];
    const isAsked = this.#isAsked;
    this.#changed.clear();
    this.#isAsked = false;
    this.#isTold = false;
    try {
      joinPiece(this.#queries, key, await readSince(this.#runId, known, changed, isAsked));
    } catch {
      // The way is cut: what was not read stays to be read.
      for (const seq of changed) this.#changed.add(seq);
      this.#isAsked ||= isAsked;
      return this.#later(AGAIN_MS);
    }
    this.#timer = undefined;
    if (this.#isTold) this.#later(READ_EVERY_MS);
  }

  #later(ms: number): void {
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#read(), ms);
  }
}
