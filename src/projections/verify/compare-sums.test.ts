import { expect, test } from 'vitest';
import { compareSums } from './compare-sums.ts';

const FIGURES = {
  turns: 2,
  input_tokens: 20,
  output_tokens: 4,
  total_tokens: 24,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
};
const call = (changes: object = {}) => ({
  table: 'llm_calls' as const,
  row: {
    ...FIGURES,
    step: 'a',
    input_tokens: 10,
    output_tokens: 2,
    total_tokens: 12,
    cost_estimate: 5,
    ...changes,
  },
});
const run = (changes: object = {}) => ({
  table: 'workflow_runs' as const,
  row: { id: 'run-1', ...FIGURES, cost_estimate: 10, ...changes },
});
const step = (key: string, changes: object = {}) => ({
  table: 'workflow_step_executions' as const,
  row: { address: key, ...FIGURES, cost_estimate: 10, ...changes },
});
const NOTHING = { turns: 0, input_tokens: 0, output_tokens: 0, total_tokens: 0, cost_estimate: 0 };

test('sums over calls are the figures of run and steps; lost calls have none', () => {
  const lost = call({ input_tokens: null, output_tokens: null, total_tokens: null, cost_estimate: null });
  expect(compareSums([run(), step('a'), step('b', NOTHING), call(), call(), lost])).toEqual([]);
});

test('an unknown price makes the sum unknown', () => {
  const unknown = { cost_estimate: null };
  expect(compareSums([run(unknown), step('a', unknown), call(), call(unknown)])).toEqual([]);
  expect(compareSums([run(), call(), call(unknown)])).toMatchObject([
    { table: 'workflow_runs', at: '$.cost_estimate (sum over llm_calls)', expected: null, found: 10 },
  ]);
});

test('a call too many or too few shows', () => {
  expect(compareSums([run(), call()]).map(({ at }) => at)).toEqual(
    ['turns', 'input_tokens', 'output_tokens', 'total_tokens', 'cost_estimate'].map(
      (column) => `$.${column} (sum over llm_calls)`,
    ),
  );
});
