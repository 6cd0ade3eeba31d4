/**
 * What is wrong with a text while it is written: at once from the compiler in a thread of this page, and a moment later
 * from the API. A thread that takes too long is ended, and begun anew with the next text.
 */
import { useEffect, useRef, useState } from 'react';
import { api, dataOf } from '../../../api/client.ts';
import type { Format } from '../../publish.ts';
import { merged, type Verdict } from './verdict.ts';

const HERE_MS = 120;
const API_MS = 700;
const PATIENCE_MS = 10_000;

export function useVerdict(text: string, format: Format): Verdict | undefined {
  const [verdict, setVerdict] = useState<Verdict>();
  const judge = useRef<Judge>(undefined);
  useEffect(() => {
    const own = new Judge((next) => setVerdict((before) => merged(before, next)));
    judge.current = own;
    return () => own.end();
  }, []);
  useEffect(() => {
    const here = setTimeout(() => judge.current?.ask(text, format), HERE_MS);
    const stop = new AbortController();
    const there = setTimeout(() => {
      askApi(text, format, stop.signal).then(
        (next) => setVerdict((before) => merged(before, next)),
        // The page's own word stays.
        () => undefined,
      );
    }, API_MS);
    return () => {
      clearTimeout(here);
      clearTimeout(there);
      stop.abort();
    };
  }, [text, format]);
  return verdict;
}

/** One text at a time; of those that come meanwhile the last. */
class Judge {
  readonly #told: (verdict: Verdict) => void;
  #worker: Worker | undefined;
  #isBusy = false;
  #next: { readonly text: string; readonly format: Format } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(told: (verdict: Verdict) => void) {
    this.#told = told;
  }

  ask(text: string, format: Format): void {
    this.#next = { text, format };
    if (!this.#isBusy) this.#begin();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isBusy = false;
  }

  #begin(): void {
    const ask = this.#next;
    if (ask === undefined) return;
    this.#next = undefined;
    this.#isBusy = true;
    this.#worker ??= this.#made();
    this.#worker.postMessage(ask);
    this.#timer = setTimeout(() => {
      this.end();
      this.#begin();
    }, PATIENCE_MS);
  }

  #made(): Worker {
    const worker = new Worker(new URL('./judge-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Verdict | null>) => {
      clearTimeout(this.#timer);
      this.#isBusy = false;
      if (data !== null) this.#told(data);
      this.#begin();
    });
    return worker;
  }
}

async function askApi(text: string, format: Format, signal: AbortSignal): Promise<Verdict> {
  const { errors, warnings } = await dataOf(
    api.POST('/api/v1/workflows/validate', {
      headers: { 'content-type': `application/${format}` },
      body: text,
      bodySerializer: () => text,
      signal,
    }),
  );
  const problem = ({ line = 1, column = 1, code, message, hint, file }: (typeof errors)[number]) => ({
    line: line ?? 1,
    column: column ?? 1,
    code,
    message,
    hint,
    file: file ?? null,
  });
  return { text, by: 'api', errors: errors.map(problem), warnings: warnings.map(problem), outline: null };
}
