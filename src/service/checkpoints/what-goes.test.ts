/** Which checkpoints go: of any run, whatever hangs on it, and whatever is asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../test/support/cases.ts';
import { whatGoes, type Point, type Ties, type Wanted } from './what-goes.ts';

const at = (day: number) => new Date(Date.UTC(2026, 0, 1 + day));

/** A run with what hangs on it, numbers from 1. */
const runs = fc
  .array(
    fc.record({
      reason: fc.constantFrom('step', 'label', 'close'),
      tie: fc.constantFrom('none', 'none', 'none', 'forked', 'restored', 'branch'),
      days: fc.nat({ max: 3 }),
    }),
    { maxLength: 40 },
  )
  .map((draws): { readonly points: readonly Point[]; readonly ties: Ties } => {
    let day = 0;
    const points = draws.map(({ reason, days }, i): Point => {
      const label = reason === 'label' ? `l${i}` : null;
      return { number: i + 1, reason, label, created_at: at((day += days)) };
    });
    const tied = (as: string) => draws.flatMap(({ tie }, i) => (tie === as ? [i + 1] : []));
    return {
      points: points.toReversed(),
      ties: {
        branch: tied('branch').at(-1) ?? null,
        forked: new Set(tied('forked')),
        restored: new Set(tied('restored')),
      },
    };
  });

const policies = fc.record({
  keep: fc.integer({ min: 1, max: 45 }),
  before: fc.nat({ max: 120 }).map(at),
  keepLabelled: fc.boolean(),
});

/** What must stay, said otherwise than in the code. */
function mustStay({ points, ties }: { points: readonly Point[]; ties: Ties }, wanted: Wanted) {
  const newestEnd = Math.max(0, ...points.filter((one) => one.reason === 'close').map((one) => one.number));
  return new Set([
    ...points
      .map(({ number }) => number)
      .toSorted((a, b) => b - a)
      .slice(0, wanted.keep),
    ...points.filter((one) => one.created_at.getTime() >= wanted.before.getTime()).map((one) => one.number),
    ...(wanted.keepLabelled ? points.filter((one) => one.label !== null).map((one) => one.number) : []),
    ...ties.forked,
    ...ties.restored,
    ties.branch,
    newestEnd,
  ]);
}

describe('whatGoes', () => {
  it('takes all that may go, and nothing that anybody needs', () => {
    fc.assert(
      fc.property(runs, policies, (run, wanted) => {
        const { goes, needed } = whatGoes(run.points, run.ties, wanted);
        const stay = mustStay(run, wanted);
        expect(goes).toEqual(
          run.points
            .map(({ number }) => number)
            .filter((number) => !stay.has(number))
            .toReversed(),
        );
        for (const { number } of needed) expect(stay).toContain(number);
      }),
      cases(200),
    );
  });

  it('takes nothing more when it is asked again', () => {
    fc.assert(
      fc.property(runs, policies, ({ points, ties }, wanted) => {
        const { goes } = whatGoes(points, ties, wanted);
        const left = points.filter(({ number }) => !goes.includes(number));
        const again = whatGoes(left, ties, wanted).goes;
        expect(again).toEqual([]);
      }),
    );
  });

  it('says why each stays that is old enough to go', () => {
    const point = (number: number, more: Partial<Point> = {}): Point => ({
      ...{ number, reason: 'step', label: null, created_at: at(number) },
      ...more,
    });
    const points = [
      point(8),
      point(7, { reason: 'close' }),
      point(6, { reason: 'close' }),
      point(5, { label: 'here', reason: 'label' }),
      point(4),
      point(3),
      point(2),
      point(1),
    ];
    const ties = { branch: 2, forked: new Set([4]), restored: new Set([2, 3]) };
    expect(whatGoes(points, ties, { keep: 1, before: at(30), keepLabelled: true })).toEqual({
      goes: [1, 6],
      needed: [
        { number: 7, label: null, reason: 'end' },
        { number: 5, label: 'here', reason: 'labelled' },
        { number: 4, label: null, reason: 'forked' },
        { number: 3, label: null, reason: 'restored' },
        { number: 2, label: null, reason: 'branch' },
      ],
    });
  });
});
