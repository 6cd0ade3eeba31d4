import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { decodeCursor, encodeCursor, pageOf } from './cursor.ts';

const refused = expect.objectContaining({ code: 'invalid_cursor' });

describe('a cursor', () => {
  it('gives back the position it was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (position) => {
        expect(decodeCursor('runs', encodeCursor('runs', position))).toEqual(position);
      }),
    );
  });

  it('is refused when any character of it was changed, added or cut', () => {
    const cursor = encodeCursor('runs', ['2026-11-21 10:00:00.123456+00', 'run-1']);
    const changed = Array.from(cursor, (letter, at) => {
      const other = letter === 'A' ? 'B' : 'A';
      return cursor.slice(0, at) + other + cursor.slice(at + 1);
    });
    for (const wrong of [
      ...changed,
      `${cursor}A`,
      `${cursor}=`,
      cursor.slice(1),
      cursor.slice(0, -1),
      '',
      '%',
      'é',
    ]) {
      expect(() => decodeCursor('runs', wrong), wrong).toThrow(refused);
    }
  });

  it('is refused by another list than its own', () => {
    expect(() => decodeCursor('workflows', encodeCursor('runs', ['a']))).toThrow(refused);
  });
});

describe('pageOf', () => {
  const page = (rows: readonly number[], limit: number) =>
    pageOf('n', rows, limit, String, (row) => [String(row)]);

  it('has a cursor only when something follows', () => {
    expect(page([], 2)).toEqual({ items: [], next_cursor: null });
    expect(page([1, 2], 2)).toEqual({ items: ['1', '2'], next_cursor: null });
    const { items, next_cursor: next } = page([1, 2, 3], 2);
    expect(items).toEqual(['1', '2']);
    expect(decodeCursor('n', next ?? '')).toEqual(['2']);
  });
});
