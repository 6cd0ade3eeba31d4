import { describe, expect, test } from 'vitest';
import type { NodeSpec } from '../../plan/plan.ts';
import { errorsOf, stepOf } from '../testing/compiled.ts';

/** The step's fields stand from line 8. */
const node = (fields: string): string =>
  `name: w\nversion: '1'\ninputs: { scene: string }\nsteps:\n  - { key: a, transform: scene }\n  - key: n\n    dependencies: [a]\n    ${fields}\n`;

const NOTHING: NodeSpec = {
  kind: 'node',
  capability: null,
  labels: {},
  prefer: {},
  input: null,
  outputSchema: null,
};

describe('work for a node', () => {
  test.each<[string, Partial<NodeSpec>]>([
    ['node: render', { capability: 'render' }],
    ['node: { labels: { gpu: a100 } }', { labels: { gpu: 'a100' } }],
    [
      'node: { capability: render, prefer: { zone: "{{ scene }}" }, input: { of: "{{ a.result }}" } }',
      {
        capability: 'render',
        prefer: { zone: { $expr: 'inputs.scene' } },
        input: { of: { $expr: 'steps.a.result' } },
      },
    ],
    [
      'node: render\n    output_schema: { type: object }',
      { capability: 'render', outputSchema: { type: 'object' } },
    ],
    [
      'node: { task_queue: gpu, activity: transcribe, heartbeat: 30s, input: "{{ scene }}" }',
      {
        input: { $expr: 'inputs.scene' },
        errand: { taskQueue: 'gpu', activity: 'transcribe', heartbeatMs: 30_000 },
      },
    ],
    [
      'node: { task_queue: gpu, activity: transcribe }',
      { errand: { taskQueue: 'gpu', activity: 'transcribe', heartbeatMs: null } },
    ],
  ])('%s', (fields, spec) => {
    expect(stepOf(node(fields), 'n').spec).toEqual({ ...NOTHING, ...spec });
  });

  test.each([
    ['that says nothing of it', 'node: {}', ['8:11 field_missing']],
    ['with no labels', 'node: { labels: {} }', ['8:11 field_missing']],
    ['with a word that is not known', 'node: { capability: a, inputs: 1 }', ['8:28 field_unknown']],
    ['that names a secret', 'node: { capability: a, input: "{{ secrets.KEY }}" }', ['8:36 secret_misplaced']],
    [
      'for a worker whose activity is not named',
      'node: { task_queue: gpu, capability: a }',
      ['8:11 field_missing', '8:30 field_without_effect'],
    ],
    ['for an activity of nobody', 'node: { activity: a }', ['8:11 field_missing']],
    [
      'for a worker that is to beat too often',
      'node: { task_queue: gpu, activity: a, heartbeat: 1ms }',
      ['8:54 duration_invalid'],
    ],
    [
      'for a queue that is looked up later',
      'node: { task_queue: "{{ scene }}", activity: a }',
      ['8:25 template_not_here'],
    ],
    ['with a heartbeat of its own', 'node: { capability: a, heartbeat: 1s }', ['8:28 field_without_effect']],
    [
      'that hands a secret to a worker',
      'node: { task_queue: gpu, activity: a, input: "{{ secrets.KEY }}" }',
      ['8:51 secret_misplaced'],
    ],
    ['whose schema is none', 'node: a\n    output_schema: { type: strange }', ['9:28 schema_invalid']],
  ])('%s is refused', (_, fields, errors) => {
    expect(errorsOf(node(fields))).toEqual(errors);
  });
});
