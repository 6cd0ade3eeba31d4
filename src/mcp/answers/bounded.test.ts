import { describe, expect, it } from 'vitest';
import { beginningOf, bounded } from './bounded.ts';

const sizeOf = (value: unknown) => JSON.stringify(value).length;

describe('a value', () => {
  it('that fits stays as it is', () => {
    const value = { a: [1, 'two', null, { deep: true }] };
    expect(bounded(value, 1_000)).toEqual({ value, isCut: false });
  });

  it('with numbers that JSON would change has them as texts', () => {
    expect(bounded({ n: 12345678901234567890n }, 100).value).toEqual({ n: '12345678901234567890' });
  });

  it.each([
    ['a long text', { text: 'x'.repeat(100_000), id: 'kept' }],
    ['a long list', { items: Array.from({ length: 10_000 }, (_, n) => ({ n })), id: 'kept' }],
    ['many long texts', { items: Array.from({ length: 100 }, () => 'y'.repeat(5_000)), id: 'kept' }],
    [
      'a wide map',
      { map: Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`k${n}`, n])), id: 'kept' },
    ],
  ])('of %s is cut to fit, and keeps its form', (_, value) => {
    const kept = bounded(value, 5_000);
    expect(kept.isCut).toBe(true);
    expect(sizeOf(kept.value)).toBeLessThanOrEqual(5_000);
    expect(Object.keys(kept.value as object)).toEqual(Object.keys(value));
    expect(kept.value).toHaveProperty('id', 'kept');
  });

  it('that is too deep loses its lowest levels', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 5_000; level++) deep = { deep };
    const { value, isCut } = bounded({ deep }, 5_000);
    expect([isCut, sizeOf(value) < 5_000]).toEqual([true, true]);
  });

  it('that cannot be made to fit is told by its beginning', () => {
    const wide = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`key${n}`, { a: 'x'.repeat(70) }]));
    const { value } = bounded(wide, 500);
    expect(sizeOf(value)).toBeLessThanOrEqual(500);
    expect(value).toHaveProperty('beginning');
  });
});

it('a text is never cut within a pair', () => {
  expect(beginningOf('ab😀cd', 3)).toBe('ab… (4 more characters)');
  expect(beginningOf('ab', 3)).toBe('ab');
});
