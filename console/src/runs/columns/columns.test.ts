import { describe, expect, it } from 'vitest';
import type { RunNow } from '../../api/generated.ts';
import { cellText, columnsText, nextSort, parseColumns, USUAL_COLUMNS, valueAt } from './columns.ts';

describe('columns in an address', () => {
  it('are read with their widths, and written as they were', () => {
    const text = 'status,id:400,inputs.pr,output.scores.0:80';
    expect(parseColumns(text).map(({ id, width }) => [id, width])).toEqual([
      ['status', 170],
      ['id', 400],
      ['inputs.pr', 140],
      ['output.scores.0', 80],
    ]);
    expect(columnsText(parseColumns(text))).toBe(text);
  });

  it('are the usual ones where none can be read', () => {
    expect(parseColumns('constructor,nothing,inputs,')).toEqual(parseColumns(undefined));
    expect(columnsText(parseColumns(USUAL_COLUMNS))).toBeUndefined();
  });

  it('stand once each, neither too narrow nor too wide', () => {
    expect(parseColumns('id:1,id,cost:99999').map(({ width }) => width)).toEqual([56, 900]);
  });
});

describe('an own column', () => {
  const run = {
    inputs: { pr: 7, deep: { list: ['a', 'b'] } },
    output: 'text',
    labels: { 'a.b': 'c' },
  } as unknown as RunNow;
  it.each([
    ['inputs.pr', 7],
    ['inputs.deep.list.1', 'b'],
    ['inputs.none.at.all', undefined],
    ['inputs.constructor', undefined],
    ['output.length', undefined],
    ['labels.a.b', 'c'],
  ])('%s shows what stands there', (path, value) => {
    expect(valueAt(run, path)).toEqual(value);
  });

  it('shows values in one line', () => {
    expect([
      cellText('two\nlines'),
      cellText({ a: [1] }),
      cellText(null),
      cellText('x'.repeat(500)).length,
    ]).toEqual(['two lines', '{"a":[1]}', '', 301]);
  });
});

it('a header turns its order round', () => {
  expect(nextSort(undefined, 'cost')).toBe('-cost');
  expect(nextSort('-cost', 'cost')).toBe('cost');
  expect(nextSort('cost', 'cost')).toBe('-cost');
  expect(nextSort(undefined, 'created')).toBe('created');
  expect(nextSort('created', 'created')).toBeUndefined();
});
