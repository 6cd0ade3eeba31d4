/** What runs of version 2 do otherwise than those of version 1, because their expressions are counted. */
import { describe, expect, test } from 'vitest';
import type { Json } from '../../plan/json.ts';
import { expression, planOf, retries, step, when } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

const text = 'a'.repeat(20_000);
const reads = (name: string) => ({ root: 'inputs', name, path: [] }) as const;
const transform = (source: string) => ({
  spec: { kind: 'transform', value: { $expr: source } } as const,
  uses: [reads('t')],
});

describe.each([1, 2])('in version %i', (version) => {
  const world = (steps: Parameters<typeof planOf>[0], inputs: Json = { t: text }) =>
    new QuickWorld(planOf(steps, { inputs: { t: { type: 'string', required: true, description: null } } }), {
      version,
      inputs,
    });

  test('a pattern that could run away is refused, or searched in linear time', () => {
    const run = world([
      step('a', [], { when: when('status.succeeded && !inputs.t.matches("(a+)+b$")', [reads('t')]) }),
    ]);
    expect(run.statuses()).toEqual({ a: version === 1 ? 'failed' : 'running' });
  });

  test('a large result is stored by an activity, or kept in the state', () => {
    const run = world([step('a', [], transform('[inputs.t, inputs.t, inputs.t, inputs.t]'))]);
    expect(run.statuses()).toEqual({ a: version === 1 ? 'completed' : 'running' });
  });

  test('what a fallback may cost is little, since it cannot wait', () => {
    const value = {
      node: { $expr: 'size(inputs.t.split("").filter(c, c == "b" || c == "c" || c == "d"))' },
      uses: [reads('t')],
    };
    const run = world([step('a', [], { onError: { action: 'fallback', value } })]);
    run.fail('a');
    expect(run.statuses()).toEqual({ a: version === 1 ? 'completed' : 'failed' });
  });

  test('what judges a retry may cost little too', () => {
    const heavy = 'size(inputs.t.split("").filter(c, c == "b" || c == "c" || c == "d")) == 0';
    const retry = { ...retries(2), if: { source: heavy, uses: [reads('t')] } };
    const run = world([step('a', [], { retry })]).fail('a');
    expect(run.closed === null).toBe(version === 1);
    const light = { ...retries(2), if: expression('error.type == "http_status"') };
    expect(world([step('a', [], { retry: light })]).fail('a', 'http_status').closed).toBeNull();
  });
});
