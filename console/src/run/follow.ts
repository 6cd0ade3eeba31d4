/**
 * Keeps what the cache has of a run in step with its events. A step's status is patched at once; everything else is read
 * again, at most four times a second for the run and one step at a time for steps, however many events come.
 */
import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { runQuery, stepQuery, stepsQuery } from '../api/queries.ts';
import { followRun, type LiveEvent, type LiveState } from '../api/live.ts';
import type { Step } from '../api/generated.ts';

const READ_EVERY_MS = 250;
/** Of more steps than this at a time, the whole list is read instead. */
const MOST_SINGLE_READS = 12;

/** Hears the events of the run as they come, too. */
export type EventListener = (event: LiveEvent) => void;

export interface Following {
  readonly state: LiveState;
  /** Registers a listener; returns how it is taken away. */
  readonly listen: (listener: EventListener) => () => void;
}

/** @param since the newest event that the cache knows of; undefined while nothing is known */
export function useFollowing(runId: string, since: number | undefined): Following {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  const listeners = useRef(new Set<EventListener>());
  const begin = useEffectEvent(() => since ?? 0);
  const isKnown = since !== undefined;

  useEffect(() => {
    if (!isKnown) return;
    const reader = new Reader(queries, runId);
    const stop = followRun(runId, begin(), {
      onState: setState,
      onGap: () => void queries.invalidateQueries({ queryKey: ['run', runId] }),
      onEvent: (event) => {
        reader.take(event);
        for (const listener of listeners.current) listener(event);
      },
    });
    return () => {
      stop();
      reader.stop();
    };
  }, [queries, runId, isKnown]);

  const listen = useCallback((listener: EventListener) => {
    listeners.current.add(listener);
    return () => void listeners.current.delete(listener);
  }, []);
  return { state, listen };
}

/** Reads again what events have touched. */
class Reader {
  readonly #queries: QueryClient;
  readonly #runId: string;
  readonly #touched = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(queries: QueryClient, runId: string) {
    this.#queries = queries;
    this.#runId = runId;
  }

  take(event: LiveEvent): void {
    if (event.step !== null) this.#touched.add(event.step);
    const patch = statusOf(event);
    if (patch !== undefined) this.#patch(patch.step, patch.status);
    this.#timer ??= setTimeout(() => void this.#read(), READ_EVERY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #patch(key: string, status: Step['status']): void {
    this.#queries.setQueryData(stepsQuery(this.#runId).queryKey, (steps) =>
      steps?.map((step) => (step.key === key ? { ...step, status } : step)),
    );
  }

  async #read(): Promise<void> {
    const touched = [...this.#touched];
    this.#touched.clear();
    const run = this.#queries.invalidateQueries({ queryKey: runQuery(this.#runId).queryKey, exact: true });
    if (touched.length > MOST_SINGLE_READS) {
      await this.#queries.invalidateQueries({ queryKey: stepsQuery(this.#runId).queryKey });
    } else {
      await Promise.all(touched.map((key) => this.#readStep(key)));
    }
    await run;
    this.#timer = undefined;
    if (this.#touched.size > 0) this.#timer = setTimeout(() => void this.#read(), READ_EVERY_MS);
  }

  async #readStep(key: string): Promise<void> {
    const fresh = await this.#queries
      .fetchQuery({ ...stepQuery(this.#runId, key), staleTime: 0 })
      .catch(() => undefined);
    if (fresh === undefined) return;
    this.#queries.setQueryData(stepsQuery(this.#runId).queryKey, (steps) =>
      steps?.map((step) => (step.key === key ? fresh : step)),
    );
  }
}

function statusOf({ type, step, data }: LiveEvent): { step: string; status: Step['status'] } | undefined {
  if (type !== 'status_change' || step === null || typeof data !== 'object' || data === null)
    return undefined;
  const { scope, to } = data as { readonly scope?: unknown; readonly to?: unknown };
  return scope === 'step' && typeof to === 'string' ? { step, status: to as Step['status'] } : undefined;
}
