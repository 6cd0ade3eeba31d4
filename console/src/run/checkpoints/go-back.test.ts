import { expect, it } from 'vitest';
import { bodyOf, NOTHING } from './go-back.ts';

it('asks only for what was said', () => {
  expect(bodyOf('restore', 3, NOTHING)).toEqual({ body: { checkpoint: 3, mode: 'drain' } });
  expect(
    bodyOf('fork', 3, {
      ...NOTHING,
      from: 'code',
      prompt: ' Do it ',
      inputs: '{"a": 1}',
      variants: 'x/one, y/two',
    }).body,
  ).toEqual({
    checkpoint: 3,
    from: 'code',
    set: { inputs: { a: 1 }, prompt: 'Do it' },
    variants: [
      { label: 'x/one', model: 'x/one' },
      { label: 'y/two', model: 'y/two' },
    ],
  });
});

it('names messages that may be dropped, of a restore alone', () => {
  expect(bodyOf('restore', 1, { ...NOTHING, drop: [7] }).body).toMatchObject({ drop_messages: [7] });
  expect(bodyOf('fork', 1, { ...NOTHING, drop: [7] }).body).not.toHaveProperty('drop_messages');
});

it('says so when the inputs are no object', () => {
  expect([
    bodyOf('fork', 1, { ...NOTHING, inputs: '[1]' }).fault,
    bodyOf('fork', 1, { ...NOTHING, inputs: '{' }).fault,
  ]).toEqual(['is no JSON object', 'is no JSON object']);
});
