import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { cases, isWhole } from '../../test/support/cases.ts';
import type { PlanStep } from '../plan/plan.ts';
import { editFaults, planEdit } from '../protocol/plan-edit.ts';
import { compile, validateDefinition } from './index.ts';
import { errorsOf, planOf, stepOf } from './testing/compiled.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url);
const examples = readdirSync(EXAMPLES).filter(
  (name) => name.endsWith('.yaml') && (isWhole || name !== 'fan-200.yaml'),
);
const example = (name: string): string => readFileSync(new URL(name, EXAMPLES), 'utf8');

/** Two steps before it, an input, and the step `last` with these fields. */
const last = (fields: string): PlanStep =>
  stepOf(
    `name: w\nversion: '1'\ninputs: { git-diff: string, n: integer }\nsteps:
  - { key: parse-changes, agent: code, prompt: x }
  - { key: check, agent: code, prompt: x, onError: continue }
  - key: last\n    dependencies: [parse-changes, check]\n    ${fields}`,
    'last',
  );

describe('the examples', () => {
  test.each(examples)('%s compiles without warnings', (name) => {
    expect(compile(example(name), { file: name })).toMatchObject({ plan: {}, warnings: [] });
  });

  test.each(examples)('%s gives the same plan as JSON', (name) => {
    const plan = planOf(example(name));
    const json = JSON.stringify(parse(example(name)), null, '\t');
    expect(planOf(json.replace(/"version": [\d.]+/, `"version": "${plan.version}"`))).toEqual(plan);
  });

  test('fan-200 has 200 steps in three levels', () => {
    const { steps } = planOf(example('fan-200.yaml'));
    expect([steps.length, steps.at(-1)?.level, steps.at(-1)?.dependencies.length]).toEqual([200, 2, 198]);
  });
});

describe('the seed format', () => {
  const plan = planOf(example('code-review.yaml'));

  test('bare names that are no step become required inputs', () => {
    expect(plan.inputs).toEqual({ git_diff: { type: 'any', required: true, description: null } });
  });

  test('levels, order and the last step as output', () => {
    expect(plan.steps.map(({ key, level, parallel }) => [key, level, parallel])).toEqual([
      ['parse-changes', 0, false],
      ['security-audit', 1, true],
      ['quality-check', 1, true],
      ['aggregate-results', 2, false],
    ]);
    expect(plan.outputs).toEqual({ kind: 'sinks', keys: ['aggregate-results'] });
  });

  test('templates are rewritten and what they read is listed', () => {
    expect(plan.steps[3]).toMatchObject({
      spec: {
        kind: 'agent',
        agent: 'product',
        prompt: {
          $text: [
            'Aggregate: security=',
            { $expr: 'steps["security-audit"].result' },
            ', quality=',
            { $expr: 'steps["quality-check"].result' },
          ],
        },
      },
      uses: [
        { root: 'steps', name: 'security-audit', field: 'result', path: [] },
        { root: 'steps', name: 'quality-check', field: 'result', path: [] },
      ],
    });
  });
});

describe('expressions', () => {
  test.each<[string, string, string]>([
    ['short names', 'git-diff', 'inputs["git-diff"]'],
    ['short names of steps', 'check.result.ok', 'steps.check.result.ok'],
    ['output is result', 'parse-changes.output.files[0]', 'steps["parse-changes"].result.files[0]'],
    ['output in brackets', 'check["output"]', 'steps.check["result"]'],
    ['long names with hyphens', 'steps.parse-changes.result', 'steps["parse-changes"].result'],
    ['long names in brackets', 'steps["parse-changes"].output', 'steps["parse-changes"].result'],
    ['inputs with hyphens', 'inputs.git-diff + "x"', 'inputs["git-diff"] + "x"'],
    ['subtraction', 'n-1', 'inputs.n-1'],
    ['subtraction of names', 'n - n', 'inputs.n - inputs.n'],
    ['has', 'has(check.result.a) ? 1 : 2', 'present(steps.check.result.a) ? 1 : 2'],
    ['default', 'default(check.result, git-diff)', 'default(steps.check.result, inputs["git-diff"])'],
    ['names inside strings', '"check.result " + git-diff', '"check.result " + inputs["git-diff"]'],
    ['variables of list functions', 'check.result.map(c, c.n)', 'steps.check.result.map(c, c.n)'],
    ['variables with a minus', '[2].map(c, c-1)', '[2].map(c, c-1)'],
    ['computed members', 'check.result[n]', 'steps.check.result[inputs.n]'],
    ['run', 'run.id', 'run.id'],
  ])('%s', (_, text, source) => {
    expect(last(`transform: '{{ ${text} }}'`).spec).toEqual({ kind: 'transform', value: { $expr: source } });
  });

  test.each([
    ['package', 'package.result', 'steps.package.result'],
    ['for-each', 'for-each.result', 'steps["for-each"].result'],
    ['size', 'size(size.result)', 'size(steps.size.result)'],
  ])('a step may be called %s', (key, text, source) => {
    const steps = `- { key: ${key}, agent: code, prompt: x }\n  - { key: b, dependencies: [${key}], transform: ${text} }`;
    expect(stepOf(`name: w\nsteps:\n  ${steps}`, 'b').spec).toEqual({
      kind: 'transform',
      value: { $expr: source },
    });
  });

  test('what is read is listed once, and wholes swallow parts', () => {
    expect(last(`transform: ['{{ check.result.a }}', '{{ check.result.a.b }}', '{{ n + n }}']`).uses).toEqual(
      [
        { root: 'steps', name: 'check', field: 'result', path: ['a'] },
        { root: 'inputs', name: 'n', path: [] },
      ],
    );
    expect(last(`transform: check.result.list[n].x`).uses).toEqual([
      { root: 'inputs', name: 'n', path: [] },
      { root: 'steps', name: 'check', field: 'result', path: ['list'] },
    ]);
  });

  test('braces in strings and maps do not end a template', () => {
    const value = {
      $text: ['a ', { $expr: '{"x": {"y": 1}}.x' }, ' b ', { $expr: '"}}"' }, ' ', { $expr: '"{{"' }],
    };
    expect(last(`transform: 'a {{ {"x": {"y": 1}}.x }} b {{ "}}" }} {{ "{{" }}'`).spec).toMatchObject({
      value,
    });
  });

  test('secrets may stand in the fields of http and command steps', () => {
    const step = last(
      `http: { url: 'https://example.com', headers: { authorization: 'Bearer {{ secrets.token }}' } }`,
    );
    expect(step.spec).toMatchObject({
      headers: { authorization: { $text: ['Bearer ', { $expr: 'secrets.token' }] } },
    });
    expect(step.uses).toEqual([]);
  });
});

describe('conditions', () => {
  test.each<[string, string, boolean]>([
    ['check.result.ok', 'status.succeeded && (steps.check.result.ok)', false],
    ['"{{ check.result.ok }}"', 'status.succeeded && (steps.check.result.ok)', false],
    ['n > 1 || n < 0', 'status.succeeded && (inputs.n > 1 || inputs.n < 0)', false],
    ['true', 'status.succeeded && (true)', false],
    ['always()', 'status.always', true],
    ['failed() && n > 1', 'status.failed && inputs.n > 1', true],
    ['"!succeeded()"', '!status.succeeded', true],
    ['check.status == "failed"', 'steps.check.status == "failed"', true],
    ['steps.parse-changes.status != "skipped"', 'steps["parse-changes"].status != "skipped"', true],
  ])('%s', (text, source, statusAware) => {
    expect(last(`wait: 1s\n    when: ${text}`).when).toMatchObject({ source, statusAware });
  });

  test('a comment does not swallow the bracket', () => {
    expect(last('wait: 1s\n    when: n > 1 // for now').when?.source).toBe(
      'status.succeeded && (inputs.n > 1 // for now\n)',
    );
  });

  test('retry.if sees the failure', () => {
    expect(last('command: [x]\n    retry: { if: error.type == "timeout" && n > 1 }').retry.if).toEqual({
      source: 'error.type == "timeout" && inputs.n > 1',
      uses: [{ root: 'inputs', name: 'n', path: [] }],
    });
  });

  test('keep holds what conditions of other steps read', () => {
    const text = `name: w\nsteps:
  - { key: a, agent: code, prompt: y }
  - { key: b, wait: 1s, dependencies: [a], when: 'a.result.score > 3 && a.result.files[0].ok' }
  - { key: c, wait: 1s, dependencies: [b], when: size(a.result.files) > 1 && b.status == "completed" }
  - { key: d, dependencies: [a], agent: code, prompt: "{{ a.result.text }}" }`;
    expect(planOf(text).steps.map(({ key, keep }) => [key, keep])).toEqual([
      ['a', [['score'], ['files']]],
      ['b', []],
      ['d', []],
      ['c', []],
    ]);
  });
});

describe('fields', () => {
  test('defaults', () => {
    expect(planOf('name: w\nsteps: [{ key: a, wait: 10s }]')).toEqual({
      ...{ name: 'w', version: '1.0.0', title: null, description: null, inputs: {}, labels: {} },
      ...{ agents: {}, workspace: null },
      limits: { maxTurns: null, maxTokens: null, maxCostMicros: null, maxDurationMs: null, onLimit: 'fail' },
      ...{ failure: 'fast', scheduling: 'ready', maxParallel: 200, timeoutMs: null },
      outputs: { kind: 'sinks', keys: ['a'] },
      hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      steps: [
        {
          ...{ key: 'a', title: 'a', kind: 'wait', level: 0, dependencies: [], when: null, parallel: true },
          ...{
            timeoutMs: null,
            onError: { action: 'fail' },
            capability: null,
            workspace: false,
            uses: [],
            keep: [],
          },
          retry: { attempts: 1, initialMs: 1_000, factor: 2, maxMs: 60_000, jitter: 0.2, if: null },
          spec: { kind: 'wait', duration: 10_000 },
        },
      ],
    });
  });

  test.each([
    ['retry: 4', { attempts: 4, initialMs: 1_000, factor: 2, maxMs: 60_000, jitter: 0.2 }],
    ['retry: {}', { attempts: 3 }],
    [
      'retry: { attempts: 2, initial: 50ms, factor: 1.5, max: 2m, jitter: 0 }',
      { initialMs: 50, factor: 1.5, maxMs: 120_000, jitter: 0 },
    ],
  ])('%s', (text, retry) => {
    expect(last(`command: [x]\n    ${text}`).retry).toMatchObject(retry);
  });

  test.each([
    ['', { attempts: 4, initialMs: 2_000, factor: 2, maxMs: 60_000, jitter: 0.2, if: null }],
    ['retry: 1', { attempts: 1 }],
    ['retry: { max: 10s }', { attempts: 4, initialMs: 2_000, maxMs: 10_000 }],
  ])('agents try each turn several times: %s', (text, retry) => {
    expect(last(`agent: plan\n    prompt: p\n    ${text}`).retry).toMatchObject(retry);
  });

  test.each([
    ['onError: continue', { action: 'continue' }],
    ['on_error: fail', { action: 'fail' }],
    [
      'onError: { fallback: { n: "{{ n }}" } }',
      { action: 'fallback', value: { node: { n: { $expr: 'inputs.n' } } } },
    ],
    ['onError: { fallback: null }', { action: 'fallback', value: { node: null } }],
  ])('%s', (text, onError) => {
    expect(last(`wait: 1s\n    ${text}`).onError).toMatchObject(onError);
  });

  test.each([
    ['transform: 1', { value: 1 }],
    ['transform: null', { value: null }],
    ['transform: size(git-diff)', { value: { $expr: 'size(inputs["git-diff"])' } }],
    ['transform: { a: ["{{ n }}", x] }', { value: { a: [{ $expr: 'inputs.n' }, 'x'] } }],
    ['wait: "{{ n }}s"', { duration: { $text: [{ $expr: 'inputs.n' }, 's'] } }],
    [
      'command: [git, log, -5, "{{ n }}"]',
      { argv: ['git', 'log', '-5', { $expr: 'inputs.n' }], cwd: null, env: {}, stdin: null },
    ],
    ['http: { url: "https://example.com/{{ n }}" }', { method: 'GET', headers: {}, query: {}, body: null }],
  ])('%s', (text, spec) => {
    expect(last(text).spec).toMatchObject(spec);
  });

  test('what is said of repeating its effects stands in the plan, and silence does not', () => {
    const marks = ['', 'idempotent: true', 'idempotent: false'].map(
      (mark) => last(`command: [x]\n    ${mark}`).idempotent,
    );
    expect(marks).toEqual([undefined, true, false]);
    expect(last('command: [x]')).not.toHaveProperty('idempotent');
  });

  test('version is what is written, not what YAML makes of it', () => {
    expect(planOf('name: w\nversion: 1.10\nsteps: [{ key: a, wait: 1s }]').version).toBe('1.10');
  });

  test('outputs are templates over all steps', () => {
    const plan = planOf(
      'name: w\nsteps: [{ key: a, wait: 1s }, { key: b, transform: "1" }]\noutputs: { x: "{{ b.result }}" }',
    );
    expect(plan.outputs).toMatchObject({
      kind: 'template',
      template: { node: { x: { $expr: 'steps.b.result' } } },
    });
  });

  test('inputs by type or in full', () => {
    const plan = planOf(
      'name: w\ninputs: { a: string, b: { type: integer, default: 2 }, c: }\nsteps: [{ key: x, wait: 1s }]',
    );
    expect(plan.inputs).toEqual({
      a: { type: 'string', required: true, description: null },
      b: { type: 'integer', required: false, default: 2, description: null },
      c: { type: 'any', required: true, description: null },
    });
  });

  test('warnings say what is doubtful', () => {
    const text =
      'name: w\ninputs: { a: string }\nsteps:\n  - { key: a, wait: 10 }\n  - { key: b, wait: 1s, dependencies: [a, a] }';
    const { valid, warnings } = validateDefinition(text);
    expect(valid).toBe(true);
    expect(warnings.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
      '1:1 version_missing',
      '2:11 input_unused',
      '4:12 name_shadowed',
      '4:21 duration_without_unit',
      '5:43 dependency_duplicate',
    ]);
  });
});

describe('the plan', () => {
  test('is frozen in depth', () => {
    const plan = planOf(example('release-notes.yaml'));
    const thaw = (value: unknown): boolean =>
      typeof value === 'object' &&
      value !== null &&
      (!Object.isFrozen(value) || Object.values(value).some(thaw));
    expect(thaw(plan)).toBe(false);
  });

  test('has another hash when anything differs, and the same when only the form does', () => {
    const [a, b, c] = ['{ key: a, wait: 1s }', '{wait: 1000ms, "key": a}', '{ key: a, wait: 2s }'].map(
      (step) => planOf(`# x\nname: w\nsteps:\n  - ${step}`).hash,
    );
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });
});

/** A random graph: each step may depend on any before it; written down in any order. */
const dag = fc.integer({ min: 1, max: 25 }).chain((size) => {
  const step = (at: number) => fc.subarray(Array.from({ length: at }, (_, i) => `k${i}`));
  const steps = Array.from({ length: size }, (_, at) =>
    step(at).map((dependencies) => ({ key: `k${at}`, wait: '1s', dependencies })),
  );
  return fc
    .tuple(...steps)
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }));
});

describe('random graphs', () => {
  test('are ordered so that dependencies come first, one level below', () => {
    fc.assert(
      fc.property(dag, (steps) => {
        const plan = planOf(JSON.stringify({ name: 'w', version: '1', steps }));
        const levels = new Map<string, number>();
        for (const { key, dependencies, level } of plan.steps) {
          const below = dependencies.map((dependency) => levels.get(dependency) ?? Number.NaN);
          expect(level).toBe(Math.max(-1, ...below) + 1);
          levels.set(key, level);
        }
        expect(levels.size).toBe(steps.length);
        expect(plan.steps.map(({ level }) => level)).toEqual(
          plan.steps.map(({ level }) => level).toSorted((a, b) => a - b),
        );
      }),
      cases(100),
    );
  });

  test('keep the order of what their authors named, and their whole numbers', () => {
    const written = (outputs: string) =>
      planOf(`name: w\nsteps: [{ key: a, wait: 1s }]\noutputs: ${outputs}`);
    const plan = written('{ zeta: 7615917337495251231, alpha: 1 }');
    expect(plan.outputs).toEqual({
      kind: 'template',
      template: { node: { zeta: 7615917337495251231n, alpha: 1 }, uses: [] },
    });
    expect(Object.keys((plan.outputs as { template: { node: object } }).template.node)).toEqual([
      'zeta',
      'alpha',
    ]);
    expect(written('{ "alpha": 1, "zeta": 7615917337495251231 }').hash).toBe(plan.hash);
    expect(written('{ alpha: 1, zeta: 7615917337495251232 }').hash).not.toBe(plan.hash);
  });

  test('have a plan that does not depend on the form of the text', () => {
    fc.assert(
      fc.property(dag, (steps) => {
        const definition = { name: 'w', version: '1', steps };
        const yaml = `version: "1"\nname: w\nsteps:\n${steps.map((step) => `  - ${JSON.stringify(step)}\n`).join('')}`;
        expect(planOf(yaml).hash).toBe(planOf(JSON.stringify(definition, null, 2)).hash);
      }),
      cases(100),
    );
  });

  test('with one edge turned round are refused, and the cycle is real', () => {
    fc.assert(
      fc.property(dag, (steps) => {
        const edge = steps.find((step) => step.dependencies.length > 0);
        fc.pre(edge !== undefined);
        const [first] = edge?.dependencies ?? [];
        const turned = steps.map((step) =>
          step.key === first ? { ...step, dependencies: [...step.dependencies, edge?.key ?? ''] } : step,
        );
        const result = compile(JSON.stringify({ name: 'w', version: '1', steps: turned }));
        const message = 'errors' in result ? (result.errors[0]?.message ?? '') : '';
        const cycle = /circle: (.*)\./.exec(message)?.[1]?.split(' → ') ?? [];
        expect(cycle.length).toBeGreaterThan(1);
        for (const [at, key] of cycle.slice(0, -1).entries()) {
          expect(turned.find((step) => step.key === key)?.dependencies).toContain(cycle[at + 1]);
        }
      }),
      cases(100),
    );
  });
});

test('any text at all gets an answer', () => {
  // Halves of pairs too, which stand for nothing by themselves.
  const points = fc.array(fc.integer({ min: 0, max: 0x10_ff_ff }), { maxLength: 200 });
  fc.assert(
    fc.property(points, (all) => {
      const text = String.fromCodePoint(...all);
      expect(
        validateDefinition(`name: w\nsteps:\n  - key: a\n    agent: code\n    prompt: ${text}`),
      ).toHaveProperty('valid');
    }),
    cases(100),
  );
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      expect(validateDefinition(text)).toMatchObject({ valid: false });
    }),
    cases(100),
  );
});

test('anything at all in the fields of agents, questions, limits and workspaces gets an answer', () => {
  const name = fc.constantFrom(
    ...[
      'prompt',
      'form',
      'tools',
      'mcp',
      's',
      'url',
      'command',
      'env',
      'git',
      'ref',
      'max_cost_usd',
      'approve',
    ],
    ...[
      'type',
      'properties',
      'pattern',
      '$ref',
      '$id',
      '$schema',
      'enum',
      'items',
      'required',
      'timeout',
      'answer',
    ],
    ...['extends', 'limits', 'models', 'output_schema', 'on_timeout', 'approvers', 'needed', 'nullable', '*'],
  );
  const leaf = fc.oneof(
    fc.constantFrom('code', '{{ x }}', '#', 'object', '(', '-1', 'mcp__s__*', ''),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }));
  const step = fc.record({
    limits: value,
    tools: value,
    approve: value,
    output_schema: value,
    models: value,
  });
  fc.assert(
    fc.property(value, value, value, step, value, (agent, limits, workspace, fields, ask) => {
      const steps = [
        { key: 'a', agent: 'me', prompt: 'x', ...fields },
        { key: 'b', ask },
      ];
      const text = JSON.stringify({ name: 'w', agents: { me: agent }, limits, workspace, steps });
      expect(validateDefinition(text)).toHaveProperty('valid');
    }),
    cases(250),
  );
});

describe('notify', () => {
  const told = (written: string) =>
    `name: w\nversion: 1.0.0\n${written}\nsteps: [{ key: a, transform: 1 }]\n`;

  test('stands in the plan where the definition says it, and nowhere else', () => {
    expect(planOf(told('notify: { to: [ana] }')).notify).toEqual({
      on: ['question', 'failure', 'budget'],
      to: ['ana'],
    });
    expect(planOf(told('notify: { on: [completed], to: [ana] }')).notify?.on).toEqual(['completed']);
    expect(planOf(told('labels: {}'))).not.toHaveProperty('notify');
    expect(planOf(told('labels: {}')).hash).not.toBe(planOf(told('notify: { to: [ana] }')).hash);
  });

  test('is warned of, where it stands, for each name that no webhook has, if those are known', () => {
    const written = told('notify: { to: [Ana, team-paymets] }');
    const { warnings } = compile(written, { receivers: ['ana', 'team-payments'] });
    expect(warnings).toMatchObject([
      {
        code: 'receiver_unknown',
        path: 'notify.to[1]',
        line: 3,
        hint: expect.stringContaining('"team-payments"'),
      },
    ]);
    expect(compile(written).warnings).toEqual([]);
    expect(compile(written, { receivers: [] }).warnings).toHaveLength(2);
  });

  test.each(['notify: { on: [sometimes], to: [ana] }', 'notify: { on: [failure] }', 'notify: { to: [] }'])(
    '%s is refused',
    (written) => {
      expect(errorsOf(told(written))).toHaveLength(1);
    },
  );
});

describe('retention', () => {
  const kept = (written: string) =>
    `name: w\nversion: '1'\n${written}\nsteps: [{ key: a, transform: { v: 1 } }]`;

  test('stands in the plan as ms, and in none that does not ask for it', () => {
    expect(planOf(kept('retention: 30d')).retentionMs).toBe(30 * 86_400_000);
    expect(planOf(kept(''))).not.toHaveProperty('retentionMs');
    expect(planOf(kept('')).hash).not.toBe(planOf(kept('retention: 30d')).hash);
  });

  test.each(['59m', 'soon', '4 weeks', '-1d', '4000d', '0'])('%s is none', (written) => {
    expect(errorsOf(kept(`retention: ${written}`))).toEqual(['3:12 duration_invalid']);
  });

  test('is not what a live run can be edited to', () => {
    const [before, after] = [planOf(kept('retention: 30d')), planOf(kept('retention: 1h'))];
    expect(editFaults(before, after, planEdit(before, after), () => undefined)).toMatchObject([
      { code: 'not_editable', why: expect.stringContaining('retentionMs') },
    ]);
  });
});

test('any expression at all gets an answer', () => {
  const token = fc.constantFrom(
    'a',
    'a.result',
    'x-y',
    '(',
    ')',
    '[',
    ']',
    '.',
    ',',
    '+',
    '-',
    '"',
    "'",
    '{',
    '}',
    '}}',
    '{{',
    '1',
    ' ',
    '//',
    'map',
    'has(',
    'b"',
    '?',
    ':',
    '\\',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
      const steps = [{ key: 'a', agent: 'code', prompt: `{{ ${tokens.join('')} }}`, when: tokens.join('') }];
      expect(validateDefinition(JSON.stringify({ name: 'w', steps }))).toHaveProperty('valid');
    }),
    cases(500),
  );
});
