import { describe, expect, it } from 'vitest';
import { diffOf, stretches } from './diff-view.tsx';

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const many = Array.from({ length: 30 }, (_, at) => `line ${at}`);

describe('a difference', () => {
  it('tells lines with their numbers on both sides', () => {
    expect(diffOf('a\nb\n', 'a\nc\n')).toEqual([
      { kind: 'same', text: 'a', left: 1, right: 1 },
      { kind: 'removed', text: 'b', left: 2, right: null },
      { kind: 'added', text: 'c', left: null, right: 2 },
    ]);
  });

  it('folds what is equal, but for three lines beside a change', () => {
    const lines = diffOf(text(many), text(many.with(15, 'other'))) ?? [];
    expect(stretches(lines).map((one) => [one.folded, one.lines.length])).toEqual([
      [true, 12],
      [false, 8],
      [true, 11],
    ]);
  });

  it('is not made of texts that would hold the page up', () => {
    expect(diffOf('a'.repeat(1_500_000), 'b'.repeat(1_500_000))).toBeUndefined();
  });
});
