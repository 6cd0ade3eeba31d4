/** Which runs go first, and which wait: of any families of forks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, type ExpiredRun } from './expired-runs.ts';

const run = (name: string, forks: readonly string[] = []): ExpiredRun => ({
  run: name,
  workflow: 'w',
  version: '1.0.0',
  ended_at: new Date(0),
  retention_ms: 1,
  forks,
});

describe('inOrder', () => {
  it('takes forks before what they were forked from, and leaves whatever a fork that stays needs', () => {
    const expired = [
      run('a', ['b', 'c']),
      run('b'),
      run('c', ['d']),
      run('d'),
      run('e', ['open']),
      run('f', ['e']),
    ];
    const { goes, waits } = inOrder(expired);
    expect(goes.map((one) => one.run)).toEqual(['b', 'd', 'c', 'a']);
    expect(waits.map((one) => one.run)).toEqual(['e', 'f']);
  });

  it('never takes a run while a fork of it is left, and takes all others', () => {
    const families = fc.array(fc.record({ parent: fc.nat({ max: 30 }), isOver: fc.boolean() }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(families, (draws) => {
        const forksOf = (i: number) =>
          draws.flatMap(({ parent }, fork) => (parent === i && fork > i ? [String(fork)] : []));
        const expired = draws.flatMap(({ isOver }, i) => (isOver ? [run(String(i), forksOf(i))] : []));
        const { goes, waits } = inOrder(expired);
        const gone = new Set<string>();
        for (const one of goes) {
          expect(one.forks.filter((fork) => !gone.has(fork))).toEqual([]);
          gone.add(one.run);
        }
        for (const one of waits) expect(one.forks.some((fork) => !gone.has(fork))).toBe(true);
        expect(goes.length + waits.length).toBe(expired.length);
      }),
    );
  });
});
