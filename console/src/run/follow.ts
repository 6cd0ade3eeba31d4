/**
 * Keeps what the cache has of a run in step with its events. A step's status is patched at once; everything else is read
 * again, at most four times a second for the run and one step at a time for steps, however many events come.
 */
import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { runQuery, stepQuery, stepsQuery } from '../api/queries.ts';
import { followRun, type LiveEvent, type LiveState } from '../api/live.ts';
import type { RunNow, Step } from '../api/generated.ts';
import { hasEnded } from './steering/why-not.ts';

const READ_EVERY_MS = 250;
/** Of more steps than this at a time, the whole list is read instead. */
const MOST_SINGLE_READS = 12;

/** Hears the events of the run as they come, too. */
type EventListener = (event: LiveEvent) => void;

export interface Following {
  readonly state: LiveState;
  /** Since when the connection is lost, in ms; undefined: it stands. */
  readonly lostAt: number | undefined;
  /** Registers a listener; returns how it is taken away. */
  readonly listen: (listener: EventListener) => () => void;
}

/** A read that is so many events ahead of the socket tells that the socket is dead, whatever it says. */
const MOST_BEHIND_MS = 5_000;

/** @param run what is known of it now; undefined while nothing is */
export function useFollowing(runId: string, run: RunNow | undefined): Following {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  const [lostAt, setLostAt] = useState<number>();
  const [again, setAgain] = useState(0);
  const listeners = useRef(new Set<EventListener>());
  const heard = useRef(0);
  const begin = useEffectEvent(() => Math.max(heard.current, run?.last_seq ?? 0));
  const isKnown = run !== undefined;

  useEffect(() => {
    if (!isKnown) return;
    const reader = new Reader(queries, runId);
    heard.current = begin();
    const stop = followRun(runId, heard.current, {
      onState: (next) => {
        setState(next);
        setLostAt(next === 'reconnecting' ? Date.now() : undefined);
      },
      onGap: () => void queries.invalidateQueries({ queryKey: ['run', runId] }),
      onEvent: (event) => {
        heard.current = event.seq;
        reader.take(event);
        for (const listener of listeners.current) listener(event);
      },
    });
    return () => {
      stop();
      reader.stop();
    };
  }, [queries, runId, isKnown, again]);

  // What was read is ahead of what was told: soon told as well, or the connection is dead.
  const newest = run?.last_seq ?? 0;
  useEffect(() => {
    if (newest <= heard.current) return;
    const timer = setTimeout(() => {
      if (newest <= heard.current) return;
      void queries.invalidateQueries({ queryKey: ['run', runId] });
      setAgain((times) => times + 1);
    }, MOST_BEHIND_MS);
    return () => clearTimeout(timer);
  }, [queries, runId, newest]);

  const listen = useCallback((listener: EventListener) => {
    listeners.current.add(listener);
    return () => void listeners.current.delete(listener);
  }, []);
  const isOver = run !== undefined && hasEnded(run) && state === 'live';
  return useMemo(
    () => ({ state: isOver ? 'ended' : state, lostAt, listen }),
    [isOver, state, lostAt, listen],
  );
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
