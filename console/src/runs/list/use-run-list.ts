/**
 * The list of runs as a page reads it: page after page, rows in place as they are every three seconds while somebody
 * looks, and word of newer runs, which come into the list only when they are asked for. Nothing moves by itself.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { quotedValue } from '../../../../src/protocol/filter/words.ts';
import { api, dataOf } from '../../api/client.ts';
import type { ListState } from '../list-state.ts';
import { appended, newcomers, NO_RUNS, refreshed, trimmed, type RunList } from './run-list.ts';

export type RunsQuery = Pick<ListState, 'filter' | 'sort'> & { readonly zone: string };

const EVERY_MS = 3_000;
const PAGE = 100;
/** So many of the newest are looked at for those that are new. */
const NEWEST = 20;
/** The next page is read when so few rows are left below what is seen. */
const AHEAD = 40;
/** Rows are kept so far around what is seen. */
const MARGIN = 400;

interface State {
  readonly key: string;
  readonly list: RunList;
  readonly phase: 'loading' | 'ready' | 'fault';
  readonly error: unknown;
  readonly newer: readonly string[];
}

const begun = (key: string): State => ({ key, list: NO_RUNS, phase: 'loading', error: undefined, newer: [] });

/** What was read last, so that whoever comes back from a run finds his place. */
let kept: { readonly state: State; readonly scroll: number } | undefined;

export function useRunList(query: RunsQuery, enabled: boolean) {
  const key = JSON.stringify(query);
  const [state, setState] = useState<State>(() => (kept?.state.key === key ? kept.state : begun(key)));
  const [initialScroll] = useState(() => (kept?.state.key === key ? kept.scroll : 0));
  if (state.key !== key) setState(begun(key));
  const newest = useRef(state);
  const range = useRef<readonly [number, number]>([0, 50]);
  const scroll = useRef(0);
  const known = useRef<{ readonly key: string; readonly ids: ReadonlySet<string> }>(undefined);
  const busy = useRef(false);
  // Before the effects of the rows, which ask about it.
  useLayoutEffect(() => void (newest.current = state), [state]);
  useEffect(() => () => void (kept = { state: newest.current, scroll: scroll.current }), []);

  const change = useCallback(
    (next: (state: State) => State) => setState((now) => (now.key === key ? next(now) : now)),
    [key],
  );
  const load = useCallback(
    async (cursor: string | null) => {
      if (busy.current && cursor !== null) return;
      busy.current = true;
      try {
        const page = await readRuns(JSON.parse(key) as RunsQuery, { limit: PAGE, cursor });
        change((now) => ({
          ...now,
          list: appended(cursor === null ? NO_RUNS : now.list, page),
          phase: 'ready',
          error: undefined,
          newer: cursor === null ? [] : now.newer,
        }));
        if (cursor === null) known.current = undefined;
      } catch (error) {
        change((now) => ({ ...now, phase: cursor === null ? 'fault' : now.phase, error }));
      } finally {
        busy.current = false;
      }
    },
    [change, key],
  );
  const reload = useCallback(() => load(null), [load]);
  const isNew = state.key === key && state.phase === 'loading';
  useEffect(() => {
    // Not in the effect itself: what comes of it is told later in any case.
    if (enabled && isNew) queueMicrotask(() => void load(null));
  }, [enabled, isNew, load]);

  /** Reads on where the end of what was read is near: also when the reader has come there while a page was on its way. */
  const readOn = useCallback(() => {
    const { list } = newest.current;
    if (list.next !== null && range.current[1] >= list.ids.length - AHEAD) void load(list.next);
  }, [load]);
  useEffect(readOn, [readOn, state.list]);

  const refresh = useCallback(async () => {
    const { list, phase } = newest.current;
    if (newest.current.key !== key || phase !== 'ready') return;
    const asked = JSON.parse(key) as RunsQuery;
    const [from, to] = range.current;
    const seen = list.ids.slice(Math.max(0, from), to + 1);
    const [rows, latest] = await Promise.all([
      readById(seen),
      readRuns({ ...asked, sort: undefined }, { limit: NEWEST, cursor: null }),
    ]);
    const ids = latest.items.map(({ id }) => id);
    if (known.current?.key !== key)
      known.current = { key, ids: new Set(asked.sort === undefined ? [] : ids) };
    const before = known.current.ids;
    change((now) => {
      const next = trimmed(refreshed(now.list, rows), from, to, MARGIN);
      const newer = newcomers(ids, next, before).filter((id) => !next.ids.includes(id));
      return next === now.list && newer.join() === now.newer.join() ? now : { ...now, list: next, newer };
    });
    if (list.ids.length === 0 && ids.length > 0) await load(null);
  }, [change, key, load]);
  const [lost, setLost] = useState(false);
  useEvery(EVERY_MS, enabled, async () => {
    try {
      await refresh();
      setLost(false);
      readOn();
    } catch {
      setLost(true);
    }
  });

  const see = useCallback(
    (from: number, to: number, top: number) => {
      range.current = [from, to];
      scroll.current = top;
      const { list } = newest.current;
      readOn();
      // What was forgotten is read again at once.
      const missing = list.ids.slice(from, to + 1).filter((id) => !list.runs.has(id));
      if (missing.length > 0) {
        readById(missing).then(
          (rows) => change((now) => ({ ...now, list: refreshed(now.list, rows) })),
          () => undefined,
        );
      }
    },
    [change, readOn],
  );
  const current = state.key === key ? state : begun(key);
  return { ...current, lost, initialScroll, see, reload, refresh };
}

/** Again and again while the page is looked at; what takes long is waited for. */
function useEvery(ms: number, enabled: boolean, work: () => Promise<void>): void {
  const newest = useRef(work);
  useEffect(() => void (newest.current = work));
  useEffect(() => {
    if (!enabled) return;
    let working = false;
    const once = () => {
      if (working || document.visibilityState !== 'visible') return;
      working = true;
      void newest.current().finally(() => (working = false));
    };
    const timer = setInterval(once, ms);
    document.addEventListener('visibilitychange', once);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', once);
    };
  }, [ms, enabled]);
}

interface PageOptions {
  readonly limit: number;
  readonly cursor: string | null;
}

/** One page. @throws Refused; Unreachable */
export function readRuns({ filter, sort, zone }: RunsQuery, { limit, cursor }: PageOptions) {
  const query = {
    limit,
    zone,
    ...(filter !== '' && { filter }),
    ...(sort !== undefined && { sort }),
    ...(cursor !== null && { cursor }),
  };
  return dataOf(api.GET('/api/v1/runs', { params: { query } }));
}

async function readById(ids: readonly string[]) {
  if (ids.length === 0) return [];
  const filter = `id:${ids.map(quotedValue).join(',')}`;
  return (await readRuns({ filter, sort: undefined, zone: 'UTC' }, { limit: 200, cursor: null })).items;
}
