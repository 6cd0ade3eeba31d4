import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases } from '../../test/support/cases.ts';
import { firstIndex, lastIndex, split } from './text-search.ts';

/** Few letters, so that much is found, also in itself. */
const text = (maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b'), maxLength });

test('finds what the language finds', () => {
  const from = fc.integer({ min: 0, max: 50 });
  fc.assert(
    fc.property(text(60), text(14), from, (all, what, at) => {
      expect(firstIndex(all, what, at)).toBe(all.indexOf(what, at));
      expect(lastIndex(all, what, at)).toBe(all.lastIndexOf(what, at));
      expect(lastIndex(all, what)).toBe(all.lastIndexOf(what));
      expect(split(all, what)).toEqual(all.split(what));
    }),
    cases(2_000),
  );
});
