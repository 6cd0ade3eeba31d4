import { describe, expect, it } from 'vitest';
import { EVERYTHING, isEmpty, isSelected, NOTHING, rangeOf, sizeOf, toggled, withAll } from './selection.ts';

describe('a selection', () => {
  it('holds what was chosen', () => {
    const one = toggled(NOTHING, 'a');
    expect([isSelected(one, 'a'), isSelected(one, 'b'), sizeOf(one, 9)]).toEqual([true, false, 1]);
    expect(isEmpty(toggled(one, 'a'))).toBe(true);
  });

  it('of everything leaves out what was taken away', () => {
    const most = withAll(EVERYTHING, ['a', 'b'], false);
    expect([isSelected(most, 'a'), isSelected(most, 'z'), sizeOf(most, 9), sizeOf(most, null)]).toEqual([
      false,
      true,
      7,
      null,
    ]);
    expect(sizeOf(toggled(most, 'a'), 9)).toBe(8);
  });

  it('reaches from one to another, either way', () => {
    const ids = ['a', 'b', 'c', 'd'];
    expect(rangeOf(ids, 'd', 'b')).toEqual(['b', 'c', 'd']);
    expect(rangeOf(ids, null, 'b')).toEqual(['b']);
    expect(rangeOf(ids, 'gone', 'b')).toEqual(['b']);
  });
});
