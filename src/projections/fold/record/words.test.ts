import { describe, expect, test } from 'vitest';
import { consumptionText, limitNeed, nearText, shortText } from './words.ts';

const used = {
  turns: 5,
  input_tokens: 12_000,
  output_tokens: 345,
  total_tokens: 12_345,
  cost_estimate: 12_300,
};

test.each([
  [used, '5 turns, 12,345 tokens, $0.0123'],
  [{ ...used, turns: 1, cost_estimate: 1_500_000 }, '1 turn, 12,345 tokens, $1.50'],
  [{ ...used, cost_estimate: 7 }, '5 turns, 12,345 tokens, $0.000007'],
  [{ ...used, cost_estimate: null }, '5 turns, 12,345 tokens, cost unknown'],
])('%j', (figures, text) => {
  expect(consumptionText(figures)).toBe(text);
});

describe('limits', () => {
  test.each([
    [
      { limit: 'max_turns', used: 24, of: 30 },
      '24 of 30 turns used (80 %)',
      '{"additional_turns": 20}',
      '--turns 20',
    ],
    [
      { limit: 'max_tokens', used: 80_000, of: 100_000 },
      '80,000 of 100,000 tokens used (80 %)',
      '{"additional_budget": {"tokens": 100000}}',
      '--tokens 100000',
    ],
    [
      { limit: 'max_cost_usd', used: 450_000, of: 500_000 },
      '$0.45 of $0.50 used (90 %)',
      '{"additional_budget": {"cost_usd": 0.5}}',
      '--cost 0.5',
    ],
    [
      { limit: 'max_duration', used: 48_000, of: 60_000 },
      '48 of 60 seconds used (80 %)',
      '{"additional_budget": {"duration": "60s"}}',
      '--duration 60s',
    ],
  ] as const)('%j', (use, near, body, option) => {
    expect(nearText(use)).toBe(near);
    const { message } = limitNeed('run-1', 'a', use);
    expect(message).toContain(
      `go on with POST /runs/run-1/continue ${body} or: baton continue run-1 ${option}`,
    );
    expect(limitNeed('run-1', null, { ...use, used: use.of }).message).toMatch(/^the run used /);
  });
});

test('a limit on money that stops early says why', () => {
  const { message } = limitNeed('run-1', 'a', { limit: 'max_cost_usd', used: 0, of: 500_000 });
  expect(message).toMatch(
    /^step "a" has a limit of \$0.50, but called a model whose price is not known; go on with/,
  );
});

test('a long text is cut, never in the middle of a character', () => {
  expect(shortText('x'.repeat(500))).toHaveLength(500);
  expect(shortText(`${'x'.repeat(498)}😀 and more`)).toBe(`${'x'.repeat(498)}…`);
});
