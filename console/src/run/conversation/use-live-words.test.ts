import { expect, it } from 'vitest';
import type { LivePiece } from '../../api/live.ts';
import { withPiece } from './use-live-words.ts';

const piece = (type: LivePiece['type'], content: string, offset: number): LivePiece => ({
  type,
  content,
  offset,
  step: 'code',
  attempt: 1,
  turn: 2,
  id: 0,
  timestamp: '',
  message: null,
  interrupted: false,
});
const textOf = (pieces: readonly LivePiece[]) =>
  [...pieces.reduce(withPiece, new Map()).values()].map(({ text }) => text);

it('joins pieces by their places, so that one that comes twice says nothing twice', () => {
  expect(
    textOf([
      piece('token', 'I ', 0),
      piece('token', 'look', 2),
      piece('chunk', 'I look', 0),
      piece('token', '.', 6),
    ]),
  ).toEqual(['I look.']);
});

it('forgets a turn that has ended or begins anew', () => {
  expect(textOf([piece('token', 'I look', 0), piece('end', '', 6)])).toEqual([]);
  expect(textOf([piece('token', 'wrong', 0), piece('reset', '', 0), piece('token', 'right', 0)])).toEqual([
    'right',
  ]);
});
