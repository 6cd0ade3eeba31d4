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
      /severity: .* does not match any of \["low","high"\]\.; at: .* does not match format "date"/,
    ],
    ['the wrong type', '[]', /the value: Instance type "array" is invalid/],
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

  it.each<[string, JsonObject, string]>([
    ['a pattern', { properties: { x: { pattern: '^(a+)+$' } } }, JSON.stringify({ x: `${'a'.repeat(40)}!` })],
    ['a name', { patternProperties: { '^(a+)+$': false } }, JSON.stringify({ [`${'a'.repeat(40)}a`]: 1 })],
    ['a format', { format: 'url' }, JSON.stringify(`http://${':'.repeat(2_000_000)}`)],
    ['a list', { uniqueItems: true }, JSON.stringify(Array.from({ length: 100_000 }, (_, i) => i))],
    ['a fence that does not end', {}, `\`\`\`json${'\n'.repeat(300_000)}x`],
  ])('is not kept busy by %s', (_, given, text) => {
    expect(answerReader(given)(text)).toHaveProperty('faults');
  });

  it.each<[string, JsonObject]>([
    ['a pattern that looks ahead', { properties: { x: { pattern: '(?=a)' } } }],
    ['more schemas than are allowed', { anyOf: Array.from({ length: 2_001 }, () => ({})) }],
  ])('refuses a schema with %s, for good', (_, given) => {
    expect(() => answerReader(given)).toThrow(
      expect.objectContaining({ code: 'model_output_invalid', details: { retryable: false } }),
    );
  });

  it('refuses a schema that is none, for good', () => {
    expect(() => answerReader({ type: 'nonsense' })).toThrow(
      expect.objectContaining({ code: 'model_output_invalid', details: { retryable: false } }),
    );
  });
});
