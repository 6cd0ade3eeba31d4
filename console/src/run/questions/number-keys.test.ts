import { expect, it } from 'vitest';
import { keyedField } from './number-keys.ts';

const choice = (count: number) => ({ enum: Array.from({ length: count }, (_, at) => at) });

it('belong to the first field that is answered by choosing', () => {
  expect(keyedField(choice(2))).toBe('');
  expect(keyedField({ type: 'string' })).toBeUndefined();
  const note = { type: 'string' };
  const where = { type: 'object', properties: { note, target: choice(3), sure: { type: 'boolean' } } };
  expect(keyedField(where)).toBe('target');
  expect(keyedField({ type: 'object', properties: { note, where } })).toBe('where.target');
});

it('belong to none that has more choices than there are keys', () => {
  expect(keyedField({ type: 'object', properties: { many: choice(10), sure: { type: 'boolean' } } })).toBe(
    'sure',
  );
});
