import { describe, expect, it } from 'vitest';
import { FIELDS } from './fields.ts';
import { parseRunFilter } from './run-filter.ts';
import { quotedValue } from './words.ts';

const conditions = (text: string) => {
  const { conditions: found, faults } = parseRunFilter(text);
  expect(faults).toEqual([]);
  return found.map(({ from, to, ...condition }) => ({ ...condition, at: text.slice(from, to) }));
};
const faults = (text: string) =>
  parseRunFilter(text).faults.map(({ from, to, code, hint }) => ({ at: text.slice(from, to), code, hint }));

describe('a filter', () => {
  it('is nothing where nothing stands', () => {
    expect(conditions('  ')).toEqual([]);
  });

  it.each(
    Object.entries(FIELDS).flatMap(([name, { examples }]) => examples.map((example) => [name, example])),
  )('takes the examples of %s: %s', (_, example) => {
    expect(conditions(example)).toHaveLength(1);
  });

  it('reads values, alternatives and negations with their places', () => {
    expect(conditions('status:failed,timed-out -workflow:"code review",demo-*')).toEqual([
      { field: 'status', any: ['failed', 'timed_out'], negated: false, at: 'status:failed,timed-out' },
      {
        field: 'workflow',
        any: [
          { text: 'code review', wild: false },
          { text: 'demo-*', wild: true },
        ],
        negated: true,
        at: '-workflow:"code review",demo-*',
      },
    ]);
  });

  it('knows words for several statuses and waits', () => {
    expect(conditions('status:open needs:me waiting:any')).toMatchObject([
      { any: ['pending', 'running', 'paused'] },
      { field: 'waiting', any: ['question', 'limit'] },
      { field: 'waiting' },
    ]);
  });

  it('reads labels: there, with a value, with one of several', () => {
    expect(conditions('label:pr label:team=payments,"web a"')).toMatchObject([
      { field: 'label', name: 'pr', any: [] },
      { name: 'team', any: [{ text: 'payments' }, { text: 'web a', wild: false }] },
    ]);
  });

  it('takes an age as young where it is small, and a day as it is written', () => {
    expect(
      conditions('created<24h created>7d created>2026-11-01 ended:today updated<2026-11-01T10:00:00Z'),
    ).toMatchObject([
      { is: 'after', moment: { agoMs: 86_400_000 } },
      { is: 'before', moment: { agoMs: 604_800_000 } },
      { is: 'after', moment: { clock: '2026-11-01', day: true } },
      { is: 'on', moment: { daysAgo: 0 } },
      { is: 'before', moment: { instant: '2026-11-01T10:00:00.000Z' } },
    ]);
  });

  it('reads amounts in their units', () => {
    expect(conditions('duration>10m cost>=1.50 cost:unknown tokens>100k attempts>1')).toMatchObject([
      { operator: '>', amount: 600 },
      { operator: '>=', amount: 1_500_000 },
      { operator: ':', amount: null },
      { amount: 100_000 },
      { amount: 1 },
    ]);
  });

  it('takes the rest as text, quoted or not', () => {
    expect(conditions('parser "a : b" -flaky -')).toMatchObject([
      { field: 'text', text: 'parser' },
      { text: 'a : b', negated: false },
      { text: 'flaky', negated: true },
      { text: '-' },
    ]);
  });
});

describe('a fault', () => {
  it.each([
    ['statsu:failed', 'statsu', 'field_unknown', /"status"/],
    ['a status:faild', 'faild', 'value_unknown', /"failed"/],
    ['-status:', '-status:', 'value_missing', /pending, running/],
    ['status>failed', 'status>failed', 'operator_unfit', /status:failed/],
    ['team=payments', 'team', 'field_unknown', /label:team=payments/],
    ['created<soon', 'soon', 'value_unknown', /24h/],
    ['created:2026-02-30', '2026-02-30', 'value_unknown', /2026-11-01/],
    ['created:2026-11-01T10:00', 'created:2026-11-01T10:00', 'operator_unfit', /created</],
    ['cost>cheap', 'cheap', 'value_unknown', /cost>1.50/],
    ['tokens>1k,2k', '2k', 'value_unknown', /tokens>100k/],
    ['workflow:"code', '"code', 'quote_open', /Close/],
  ])('of %s stands at %s and says what is possible', (text, at, code, hint) => {
    expect(faults(text)).toEqual([{ at, code, hint: expect.stringMatching(hint) as string }]);
  });

  it('leaves the rest of the filter as it is', () => {
    expect(parseRunFilter('nothing:x status:failed').conditions).toMatchObject([{ field: 'status' }]);
  });

  it('is told of a filter that is beyond its bounds', () => {
    expect(parseRunFilter('x '.repeat(51)).faults).toMatchObject([{ code: 'filter_too_large' }]);
    expect(parseRunFilter('x'.repeat(20_000)).faults).toMatchObject([{ code: 'filter_too_long' }]);
  });
});

describe('a value that is put into a filter', () => {
  it.each(['plain', 'two words', 'a,b', 'say "no"', 'back\\slash', 'a*', ''])(
    'is read as it was: %s',
    (value) => {
      expect(conditions(`workflow:${quotedValue(value)}`)).toMatchObject([
        { any: [{ text: value, wild: false }] },
      ]);
    },
  );
});
