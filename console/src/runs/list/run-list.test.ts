import { describe, expect, it } from 'vitest';
import type { RunNow } from '../../api/generated.ts';
import { appended, newcomers, NO_RUNS, refreshed, trimmed } from './run-list.ts';

const run = (id: string, turns = 0) => ({ id, turns }) as RunNow;
const page = (ids: readonly string[], next: string | null = null) => ({
  items: ids.map((id) => run(id)),
  next_cursor: next,
});

describe('a list of runs', () => {
  it('goes on without telling a run twice', () => {
    const list = appended(appended(NO_RUNS, page(['a', 'b'], 'x')), page(['b', 'c']));
    expect(list).toMatchObject({ ids: ['a', 'b', 'c'], next: null });
  });

  it('takes rows in place and keeps those that are the same', () => {
    const list = appended(NO_RUNS, page(['a', 'b']));
    expect(refreshed(list, [run('a'), run('b')])).toBe(list);
    const next = refreshed(list, [run('b', 3)]);
    expect(next.ids).toBe(list.ids);
    expect(next.runs.get('a')).toBe(list.runs.get('a'));
    expect(next.runs.get('b')?.turns).toBe(3);
  });

  it('forgets rows that are far away, and no places', () => {
    const ids = Array.from({ length: 100 }, (_, at) => `r${at}`);
    const list = trimmed(appended(NO_RUNS, page(ids)), 50, 60, 10);
    expect(list.ids).toHaveLength(100);
    expect([...list.runs.keys()]).toEqual(ids.slice(40, 70));
  });

  it('tells those that came since', () => {
    const list = appended(NO_RUNS, page(['a']));
    expect(newcomers(['new', 'a', 'old'], list, new Set(['old']))).toEqual(['new']);
  });
});
