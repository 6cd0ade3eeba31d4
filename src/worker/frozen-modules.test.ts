/**
 * Where runs share the core, Temporal's SDK freezes everything that its modules export, members included (`deepFreeze` in
 * its `reusable-vm`). What the core does must not depend on changing any of it: otherwise the workflow would decide
 * otherwise than the fold.
 */
import * as cel from '@marcbachmann/cel-js';
import * as jsonSchema from '@cfworker/json-schema';
import * as re2 from 're2js';
import * as valibot from 'valibot';
import { beforeAll, expect, test } from 'vitest';
import * as expressions from '../expressions/index.ts';
import type { Json, JsonObject } from '../plan/json.ts';
import * as jsonSchemaRoom from '../plan/schema/json-schema.ts';
import * as patterns from '../plan/schema/linear-pattern.ts';
import * as forms from '../plan/forms.ts';
import * as specForms from '../plan/spec-forms.ts';
import * as judging from '../plan/schema/schema-judge.ts';
import * as core from '../workflows/core/index.ts';
import { planOf, step, transform, when } from '../workflows/core/testing/plans.ts';
import { QuickWorld } from '../testing/world.ts';

/** As the SDK does it: own properties of objects, functions themselves, no prototypes. */
function deepFreeze(value: unknown, seen = new WeakSet<object>()): void {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
  seen.add(value);
  if (Object.isFrozen(value)) return;
  if (typeof value === 'object') {
    for (const member of Object.values(value) as unknown[]) deepFreeze(member, seen);
  }
  try {
    Object.freeze(value);
  } catch {
    // Arrays of bytes cannot be frozen.
  }
}

beforeAll(() => {
  const modules = [
    cel,
    jsonSchema,
    re2,
    valibot,
    expressions,
    jsonSchemaRoom,
    patterns,
    forms,
    specForms,
    judging,
    core,
  ];
  for (const module of modules)
    for (const exported of Object.values(module) as unknown[]) deepFreeze(exported);
});

const judged = (schema: JsonObject, value: Json) => judging.judge(schema, value, { most: 100_000 });

test('schemas with patterns and formats judge as ever', () => {
  expect(judged({ type: 'string', pattern: 'a*a*b' }, 'aab')).toMatchObject({ kind: 'judged', misfits: [] });
  expect(judged({ type: 'string', pattern: 'a*a*b' }, 'c')).toMatchObject({
    misfits: [{ keyword: 'pattern' }],
  });
  const both = { type: 'string', format: 'date', pattern: '^2026' };
  expect(judged(both, '2026-11-27')).toMatchObject({ misfits: [] });
  expect(judged(both, '2025-11-27')).not.toMatchObject({ misfits: [] });
  const byName = { patternProperties: { '^x': { type: 'integer' } } };
  expect(judged(byName, { x1: 1 })).toMatchObject({ misfits: [] });
  expect(judged(byName, { x1: 'a' })).not.toMatchObject({ misfits: [] });
  expect(jsonSchemaRoom.misfitsOf({ type: 'string', format: 'email' }, 'nobody')).not.toEqual([]);
});

test.each([
  [`"aXb".matches("^a[A-Z]b$")`, true],
  [`"été 2026".matches("(?i)É\\\\p{L}+ \\\\d+")`, true],
  [`[3, 1, 2].filter(x, x > 1).map(x, x * 2)`, [6, 4]],
  [`"a,b".split(",").join("-").replace("-", "+")`, 'a+b'],
  [`parse_json("{\\"a\\": [1, 2]}").a`, [1, 2]],
])('%s is what it is elsewhere', (source, value) => {
  const scope = { inputs: {}, steps: {}, run: { id: 'r', workflow: 'w', version: '1' } };
  expect(expressions.evaluate(source, scope)).toEqual(value);
});

test.each([1, 2])(
  'a run of version %i goes through conditions, transforms and continue-as-new',
  (version) => {
    const steps = [
      step('a', [], { spec: transform({ $expr: '"x".matches("x+")' }) }),
      step('b', ['a'], { when: when('status.succeeded && "ab".matches("^a")') }),
      step('c', ['b']),
    ];
    const run = new QuickWorld(planOf(steps), { version, continueSuggested: (events) => events > 6 });
    run.complete('b').complete('c');
    expect(run.chain.length).toBeGreaterThan(1);
    expect(run.closed).toMatchObject({ type: 'complete' });
  },
);
