import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { cases } from '../../../test/support/cases.ts';
import { ANSWER_LIMITS } from '../../plan/json-text.ts';
import { AnswerMeter, MAX_ANSWER_BYTES } from './bounded-response.ts';

type Scope = 'body' | 'event' | 'line';

/** What the meter says of the pieces of an answer; `taken` when nothing. */
function said(scope: Scope, pieces: readonly string[]): string {
  const meter = new AnswerMeter(scope);
  try {
    for (const piece of pieces) meter.add(Buffer.from(piece));
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
}

const DEEP = 'the answer is nested more than 200 levels deep';
const MANY = `the answer holds more than ${ANSWER_LIMITS.values} values`;
const deepest = '['.repeat(ANSWER_LIMITS.depth);
const half = ','.repeat(ANSWER_LIMITS.values / 2 + 1);

test.each<[string, Scope, string, string]>([
  ['as deep as may be', 'body', deepest, 'taken'],
  ['deeper', 'body', `${deepest}{`, DEEP],
  ['closed before it opens again', 'body', `${deepest}]{`, 'taken'],
  ['brackets in a string', 'body', `${deepest}"{{{"`, 'taken'],
  ['behind a string', 'body', `${deepest}""{`, DEEP],
  ['a string that ends with a backslash', 'body', String.raw`${deepest}"\\"{`, DEEP],
  ['a string with a quote', 'body', String.raw`${deepest}"\"{`, 'taken'],
  ['a quote after an escaped letter', 'body', String.raw`${deepest}"\n"{`, DEEP],
  ['lines of one answer', 'body', `${half}\n${half}`, MANY],
  ['lines of one event', 'event', `${half}\n${half}`, MANY],
  ['lines by themselves', 'line', `${half}\n${half}`, 'taken'],
  ['events', 'event', `${half}\r\n\r\n${half}`, 'taken'],
  ['a string is over with its line', 'line', `"\n${deepest}{`, DEEP],
])('%s', (_, scope, text, expected) => {
  expect(said(scope, [text])).toBe(expected);
});

it('takes as many bytes as it may, whatever they are, and no more', () => {
  const text = 'x'.repeat(MAX_ANSWER_BYTES - 2);
  expect(said('body', [text, '\n\n'])).toBe('taken');
  expect(said('body', [text, '\n\nx'])).toBe(`the answer has more than ${MAX_ANSWER_BYTES} bytes`);
  expect(said('event', [text, '\n\n', text])).toBe('taken');
});

it('says the same wherever an answer is cut', () => {
  const sign = fc.constantFrom('[', '{', ']', '}', '"', '\\', '\n', '\r\n', ',', ':', 'a', 'ü', ' ');
  const pieces = fc.array(fc.string({ unit: sign, maxLength: 8 }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom<Scope>('body', 'event', 'line'), pieces, (scope, all) => {
      const near = ANSWER_LIMITS.depth - 2;
      const whole = `${'['.repeat(near)}${all.join('')}`;
      expect(said(scope, ['['.repeat(near), ...all])).toBe(said(scope, [whole]));
      expect(said(scope, whole.split(''))).toBe(said(scope, [whole]));
    }),
    cases(500),
  );
});
