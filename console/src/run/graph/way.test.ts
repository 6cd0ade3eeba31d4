import { expect, it } from 'vitest';
import { pathOf } from './way.ts';

it('an edge goes through its points, round at each corner', () => {
  expect(
    pathOf([
      { x: 0, y: 0 },
      { x: 0, y: 50 },
      { x: 100, y: 50 },
    ]),
  ).toBe('M0,0 L0,40 Q0,50 10,50 L100,50');
  expect(
    pathOf([
      { x: 0, y: 0 },
      { x: 5, y: 5 },
    ]),
  ).toBe('M0,0 L5,5');
});

it('corners that are close are less round, and points in one place are borne', () => {
  expect(
    pathOf([
      { x: 0, y: 0 },
      { x: 0, y: 4 },
      { x: 8, y: 4 },
    ]),
  ).toBe('M0,0 L0,2 Q0,4 4,4 L8,4');
  expect(
    pathOf([
      { x: 1, y: 1 },
      { x: 1, y: 1 },
      { x: 1, y: 1 },
    ]),
  ).toBe('M1,1 L1,1 Q1,1 1,1 L1,1');
});

it('where the layout tells no way there is none', () => {
  expect([pathOf([]), pathOf([{ x: 1, y: 1 }])]).toEqual([undefined, undefined]);
});
