import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitTable } from './fit-table.ts';
import { paintFor } from './style.ts';
import { cutTo, hang, padTo, widthFor, widthOf, wrapTo } from './text-width.ts';

const paint = paintFor({ isTTY: true }, {});

describe('cells', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['a\tb', 6],
    ['', 0],
    // Shown as an escape.
    ['\u001b', 6],
  ])('%j takes %d', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('are none for colours', () => {
    expect(widthOf(paint('red', 'ab'))).toBe(2);
    expect(widthOf(padTo(paint('red', '日'), 5))).toBe(5);
  });

  it('are counted on terminals only', () => {
    expect([widthFor({ isTTY: true, columns: 72 }), widthFor({ columns: 72 })]).toEqual([72, Infinity]);
  });
});

describe('cutTo', () => {
  it.each([
    ['short', 10, 'short'],
    ['日本語テスト', 7, '日本語…'],
    ['日本語テスト', 6, '日本…'],
    ['one\ntwo', 10, 'one…'],
    ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
  ])('%j in %d cells is %j', (text, width, cut) => {
    expect(cutTo(text, width)).toBe(cut);
  });

  it('ends the colour that it cuts', () => {
    expect(cutTo(paint('red', 'abcdef'), 4)).toBe(
      `${paint('red', 'abc').slice(0, -1)}…${paint('red', '').slice(-1)}`,
    );
  });
});

describe('wrapTo', () => {
  it('breaks between words and keeps the indent', () => {
    expect(wrapTo('  one two three', 9, '  ')).toEqual(['  one two', '    three']);
    expect(hang('12:00  ', 'one two three\nfour', 14)).toBe('12:00  one two\n       three\n       four');
  });

  it('breaks a word that no line could hold', () => {
    expect(wrapTo('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
    expect(wrapTo('日本語', 3)).toEqual(['日', '本', '語']);
    expect(wrapTo('a日本語', 4, '  ')).toEqual(['a日', '  本', '  語']);
  });

  it('takes long texts', () => {
    expect(wrapTo('日本'.repeat(4_000), 80)).toHaveLength(200);
  });

  it('keeps what it is given, in lines that fit', () => {
    const word = fc.stringMatching(/^[a-z日本é👍-]{0,30}$/u);
    const text = fc.array(word, { maxLength: 20 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 4, max: 60 }),
        fc.constantFrom('', '  ', '      '),
        (line, width, indent) => {
          const lines = wrapTo(line, width, indent);
          for (const one of lines) expect(widthOf(one.trimEnd())).toBeLessThanOrEqual(width);
          expect(lines.join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''));
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('fitTable', () => {
  const columns = [
    { head: 'RUN' },
    { head: 'EXTRA', drop: 1 },
    { head: 'N', side: 'right' as const },
    { head: 'NOW' },
  ];
  const rows = [
    ['run-日本', 'x'.repeat(20), '7', 'waits for somebody who knows what is to be done here'],
    ['run-2', '', '12', ''],
  ];

  it('shows everything where there is room', () => {
    expect(fitTable(columns, rows, Infinity)).toBe(
      [
        'RUN       EXTRA                  N  NOW',
        'run-日本  xxxxxxxxxxxxxxxxxxxx   7  waits for somebody who knows what is to be done here',
        'run-2                           12',
      ].join('\n'),
    );
  });

  it('leaves out what may be missing, then wraps the last column, then puts it below', () => {
    expect(fitTable(columns, rows, 50).split('\n')).toEqual([
      'RUN        N  NOW',
      'run-日本   7  waits for somebody who knows what is',
      '              to be done here',
      'run-2     12',
    ]);
    expect(fitTable(columns, rows, 30).split('\n')).toEqual([
      'RUN        N',
      'run-日本   7',
      '    waits for somebody who',
      '    knows what is to be done',
      '    here',
      'run-2     12',
    ]);
  });
});
