import { expect, it } from 'vitest';
import type { ModelCall, RunEvent } from '../../api/generated.ts';
import { lanesOf, partsOf } from './parts.ts';

const at = (second: number) => new Date(second * 1_000).toISOString();
const call = (turn: number, from: number, until: number | null, status = 'completed') =>
  ({
    ...{ epoch: 0, attempt: 1, turn, purpose: 'turn', status, error: null, model: 'm' },
    started_at: at(from),
    completed_at: until === null ? null : at(until),
  }) as unknown as ModelCall;
const event = (seq: number, type: string, second: number, index: number, data: object = {}) =>
  ({
    seq,
    type,
    at: at(second),
    attempt: 1,
    turn: 1,
    data: { index, name: 'read', ...data },
  }) as unknown as RunEvent;

it('an agent’s step is turns, and tools with what came of them', () => {
  const parts = partsOf(
    [call(1, 0, 2), call(2, 9, null)],
    [
      event(1, 'tool_call', 3, 0, { preview: 'a.ts' }),
      event(2, 'tool_call', 3, 1),
      event(3, 'tool_response', 5, 0, { comment: 'Read a.ts' }),
      event(4, 'tool_call', 6, 2),
      event(5, 'tool_response', 7, 1, { is_error: true }),
      event(6, 'tool_response', 8, 2),
    ],
    12_000,
  );
  expect(
    parts.map(({ kind, from, until, lane, isFault, isOpen }) => [kind, from, until, lane, isFault, isOpen]),
  ).toEqual([
    ['turn', 0, 2_000, 0, false, false],
    ['tool', 3_000, 5_000, 1, false, false],
    ['tool', 3_000, 7_000, 2, true, false],
    ['tool', 6_000, 8_000, 1, false, false],
    ['turn', 9_000, 12_000, 0, false, true],
  ]);
  expect(parts[1]).toMatchObject({ given: 'a.ts', answer: 'Read a.ts' });
  expect(lanesOf(parts)).toBe(3);
});

it('what came later than the moment that is shown is not there, or goes on', () => {
  const parts = partsOf([call(1, 0, 5), call(2, 6, 9)], [], 3_000);
  expect(parts).toMatchObject([{ turn: 1, until: 3_000, isOpen: true, call: null }]);
});

it('the same place of a turn, once more after a rewind, has the answer that follows it', () => {
  const again = [1, 3].flatMap((seq) => [
    event(seq, 'tool_call', seq, 0),
    event(seq + 1, 'tool_response', seq + 1, 0, { preview: `of ${seq}` }),
  ]);
  expect(partsOf([], again, 9_000).map(({ answer }) => answer)).toEqual(['of 1', 'of 3']);
});

it('very many tools at once share the last lane', () => {
  const many = Array.from({ length: 9 }, (_, index) => event(index + 1, 'tool_call', 1, index));
  expect(lanesOf(partsOf([], many, 5_000))).toBe(5);
  expect(lanesOf([])).toBe(1);
});
