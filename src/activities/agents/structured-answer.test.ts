import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../plan/json.ts';
import { answerReader, correctionOf } from './structured-answer.ts';

const schema: JsonObject = {
  type: 'object',
  required: ['severity'],
  properties: { severity: { enum: ['low', 'high'] }, at: { type: 'string', format: 'date' } },
};

describe('answerReader', () => {
  const read = answerReader(schema);

  it.each([
    ['bare JSON', '{"severity":"low"}'],
    ['a code fence', '```json\n{"severity":"low"}\n```'],
    ['a nameless fence with space around', '\n```\n{"severity":"low"}\n```\n'],
  ])('reads %s', (_, text) => {
    expect(read(text)).toEqual({ value: { severity: 'low' } });
  });

  it.each([
    ['prose', 'It is low.', /no JSON/],
    ['half an object', '{"severity":', /no JSON/],
    [
      'the wrong value',
      '{"severity":"medium","at":"today"}',
      /\/severity must be equal.*\/at must match format "date"/,
    ],
    ['the wrong type', '[]', /the value must be object/],
  ])('refuses %s and says why', (_, text, message) => {
    const answer = read(text);
    expect('faults' in answer && correctionOf(answer.faults)).toMatch(message);
  });

  it.each([
    ['a fence that never closes', '```\n' + '\n'.repeat(500_000) + 'x', /no JSON/],
    ['brackets without end', '['.repeat(1_000_000), /JSON that is not taken/],
    ['too many values', '[' + '[],'.repeat(1_100_000) + '1]', /JSON that is not taken/],
  ])('refuses %s at once', (_, text, message) => {
    const answer = read(text);
    expect('faults' in answer && answer.faults.join()).toMatch(message);
  });

  it('refuses a schema that is none, for good', () => {
    expect(() => answerReader({ type: 'nonsense' })).toThrow(
      expect.objectContaining({ code: 'model_output_invalid', details: { retryable: false } }),
    );
  });
});
