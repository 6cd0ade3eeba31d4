import { expect, test } from 'vitest';
import { sturdyOutput } from './sturdy-output.ts';

/** A file on a disk with so much room; the error is the one of a full disk. */
function disk(room: number) {
  const state = { text: '', room };
  const write = (bytes: Uint8Array): number => {
    const fitting = Math.min(bytes.length, state.room);
    if (fitting === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    state.text += Buffer.from(bytes.subarray(0, fitting)).toString();
    state.room -= fitting;
    return fitting;
  };
  return { state, output: sturdyOutput(2, write) };
}

const LINE = '{"msg":"a line"}\n';

test('writes what there is room for and never throws', () => {
  const { state, output } = disk(LINE.length);
  for (let i = 0; i < 5; i++) output.write(LINE);
  expect(state.text).toBe(LINE);
});

test('says how many lines were lost once there is room, on a line of its own', () => {
  const { state, output } = disk(LINE.length + 5);
  for (let i = 0; i < 4; i++) output.write(LINE);
  state.room = 10_000;
  output.write(LINE);
  output.write(LINE);
  const lines = state.text.trimEnd().split('\n');
  expect(lines).toHaveLength(5);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ level: 40, lost: 3, reason: 'ENOSPC' });
  expect(lines.slice(3)).toEqual([LINE.trim(), LINE.trim()]);
});

test('a disk that has room for the notice only loses no count', () => {
  const { state, output } = disk(0);
  output.write(LINE);
  state.room = 3;
  output.write(LINE);
  state.room = 10_000;
  output.write(LINE);
  const lines = state.text.trimEnd().split('\n');
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ lost: 2 });
});
