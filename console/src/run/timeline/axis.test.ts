import { describe, expect, it } from 'vitest';
import { chosenOf, placeOf, stretchesOf, ticksOf, timeOf, zoomed } from './axis.ts';

const WHOLE = { from: 0, until: 1_000 };

describe('the axis', () => {
  const busy = [
    { kind: 'work', from: 0, until: 100, attempt: 1 },
    { kind: 'people', from: 100, until: 900, attempt: 1 },
    { kind: 'work', from: 900, until: 1_000, attempt: 1 },
  ] as const;

  it('folds long stretches in which nothing is at work', () => {
    expect(stretchesOf(busy, WHOLE, true)).toEqual([
      { from: 0, until: 100, isFolded: false },
      { from: 100, until: 900, isFolded: true },
      { from: 900, until: 1_000, isFolded: false },
    ]);
    expect(stretchesOf(busy, WHOLE, false)).toEqual([{ from: 0, until: 1_000, isFolded: false }]);
  });

  it('goes from 0 to 1, and never back', () => {
    const place = placeOf(stretchesOf(busy, WHOLE, true));
    const places = [-5, 0, 50, 100, 500, 900, 950, 1_000, 2_000].map(place);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect([places[0], places.at(-1)]).toEqual([0, 1]);
    expect(place(100)).toBeCloseTo(0.485);
    expect(place(900)).toBeCloseTo(0.515);
  });

  it('bears a run that took no time, and one without anything', () => {
    expect(placeOf(stretchesOf([], { from: 5, until: 5 }, true))(5)).toBe(1);
    expect(ticksOf({ from: 5, until: 5 })).toEqual([]);
    expect(ticksOf({ from: 0, until: 60_000 })).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  });

  it('tells the time of a place, as it tells the place of a time', () => {
    const stretches = stretchesOf(busy, WHOLE, true);
    const [place, time] = [placeOf(stretches), timeOf(stretches)];
    expect([0, 40, 100, 500, 950, 1_000].map((at) => Math.round(time(place(at))))).toEqual([
      0, 40, 100, 500, 950, 1_000,
    ]);
    expect([time(-1), time(2)]).toEqual([0, 1_000]);
  });
});

describe('a stretch of the axis', () => {
  it('lies within the whole, and is the whole where nothing of it is chosen', () => {
    expect(chosenOf(WHOLE, 200, 4_000)).toEqual({ from: 200, until: 1_000 });
    for (const [from, until] of [
      [undefined, 5],
      [9, 3],
      [2_000, 3_000],
    ] as const)
      expect(chosenOf(WHOLE, from, until)).toBe(WHOLE);
  });

  it('is looked at closer and from further, and never beyond the whole', () => {
    expect(zoomed(WHOLE, WHOLE, 0.5)).toEqual({ from: 250, until: 750 });
    expect(zoomed(WHOLE, WHOLE, 0.5, 990)).toEqual({ from: 500, until: 1_000 });
    expect(zoomed({ from: 250, until: 750 }, WHOLE, 2)).toBeUndefined();
    expect(zoomed({ from: 500, until: 504 }, WHOLE, 0.5)).toEqual({ from: 497, until: 507 });
  });
});
