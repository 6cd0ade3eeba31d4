import { describe, expect, it } from 'vitest';
import { parseRunFilter } from '../../../../src/protocol/filter/run-filter.ts';
import { completionOf } from './completion.ts';

const shown = (draft: string, ...known: string[]) =>
  completionOf(
    draft,
    known.map((value) => ({ value, runs: 1 })),
  ).options.map((option) => option.shown);

describe('a filter that is being written', () => {
  it('may begin with any field', () => {
    expect(shown('')).toContain('status:');
    expect(shown('status:failed ')).toContain('workflow:');
    expect(shown('-wor')).toEqual(['workflow:']);
  });

  it('goes on with the values of its field', () => {
    expect(shown('status:fa')).toEqual(['failed']);
    expect(shown('status:failed,ru')).toEqual(['running']);
    expect(shown('workflow:re', 'review', 'demo')).toEqual(['review']);
    expect(completionOf('agent:').field).toBe('agent');
  });

  it('has nothing for what is no field', () => {
    expect(shown('nothing:x')).toEqual([]);
  });

  it.each([
    ['status:fa', 'status:failed'],
    ['a -lab', 'a -label:'],
    ['cre', 'created<1h'],
  ])('%s becomes %s', (draft, whole) => {
    const { from, options } = completionOf(draft);
    expect(draft.slice(0, from) + (options[0]?.insert ?? '')).toBe(whole);
  });

  it('offers nothing that cannot be read', () => {
    const drafts = ['cre', 'dur', 'cos', 'upd', 'end', 'tok', 'tur', 'att', 'status:', 'needs:', 'waiting:'];
    const wholes = drafts.flatMap((draft) =>
      completionOf(draft).options.map(({ insert }) => draft.slice(0, completionOf(draft).from) + insert),
    );
    expect(wholes.flatMap((whole) => parseRunFilter(whole).faults)).toEqual([]);
  });

  it('quotes values that would be read otherwise', () => {
    const option = completionOf('label:te', [{ value: 'team=web a', runs: 2 }]).options[0];
    expect(option?.insert).toBe('team="web a"');
  });
});
