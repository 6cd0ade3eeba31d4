/** Runs played once more with what they recorded, against the same and against changed definitions. */
import { describe, expect, test } from 'vitest';
import { compile } from '../definition/index.ts';
import type { Json } from '../plan/json.ts';
import type { Plan } from '../plan/plan.ts';
import { expectedOf, rehearse, rehearseAgainst } from './index.ts';
import { definitionOf } from '../recording/index.ts';
import type { RecordedStep, Recording } from '../recording/index.ts';

function planOf(steps: string, more = ''): Plan {
  const text = `name: ship\nversion: 1.0.0\n${more}\nsteps:\n${steps}`;
  const compiled = compile(text, { file: 'ship.yaml' });
  if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled.errors));
  return compiled.plan;
}

const FETCH = '  - { key: fetch, http: { url: "http://x/{{ name }}" } }\n';
const BUILD =
  '  - { key: build, http: { url: "http://x" }, dependencies: [fetch], when: "fetch.result.status == 200" }\n';
const REPORT =
  '  - { key: report, transform: { code: "{{ build.result.status }}" }, dependencies: [build] }\n';
const INPUTS = 'inputs: { name: string }';
const OWN = planOf(FETCH + BUILD + REPORT, INPUTS);

const done = (result: Json, plan: Plan = OWN, key = ''): RecordedStep => {
  const step = plan.steps.find((one) => one.key === key);
  return {
    status: 'completed',
    result,
    ...(step === undefined ? {} : { definition: definitionOf(step) }),
  };
};
const answer = (status: number) => ({ status, headers: {}, body: 'ok' });
const recording = (changes: Partial<Recording> = {}): Recording => ({
  run: 'run-1',
  workflow: 'ship',
  version: '1.0.0',
  status: 'completed',
  inputs: { name: 'ann' },
  steps: {
    fetch: done(answer(200), OWN, 'fetch'),
    build: done(answer(200), OWN, 'build'),
    report: done({ code: 200 }, OWN, 'report'),
  },
  output: { code: 200 },
  ...changes,
});

/** Against what the recording itself says. */
const against = (plan: Plan, recorded: Recording) => rehearseAgainst(plan, recorded, expectedOf(recorded));

test('the same definition takes the same path to the same output', () => {
  expect(rehearse(OWN, recording(), OWN)).toEqual({
    run: 'run-1',
    verdict: 'same',
    ...{ added: [], removed: [], assumed: [], unknown: [], uncertain: [], breaks: [] },
    difference: null,
    same_output: true,
  });
  expect(against(OWN, recording())).toMatchObject({ verdict: 'same', same_output: true });
});

describe('paths part', () => {
  const strict = planOf(FETCH + BUILD.replace('== 200', '== 201') + REPORT, INPUTS);

  test('as expected at the step whose condition was changed, with what it saw before and now', () => {
    expect(rehearse(strict, recording(), OWN)).toMatchObject({
      verdict: 'expected',
      same_output: false,
      difference: {
        step: 'build',
        was: 'completed',
        is: 'skipped',
        condition: {
          values: [{ name: 'steps.fetch.result.status', value: 200 }, {}],
          answer: { value: false },
        },
        former_condition: { answer: { value: true } },
      },
    });
  });

  test('elsewhere, where a changed step leads to it', () => {
    const own = planOf(
      `  - { key: limit, transform: "{{ 200 }}" }\n${FETCH}` +
        '  - { key: build, http: { url: "http://x" }, dependencies: [fetch, limit], when: "fetch.result.status == limit.result" }\n',
      INPUTS,
    );
    const changed = planOf(
      `  - { key: limit, transform: "{{ 201 }}" }\n${FETCH}` +
        '  - { key: build, http: { url: "http://x" }, dependencies: [fetch, limit], when: "fetch.result.status == limit.result" }\n',
      INPUTS,
    );
    expect(rehearse(changed, recording(), own)).toMatchObject({
      verdict: 'parts',
      difference: { step: 'build', is: 'skipped', was: 'completed' },
    });
  });

  test('against a saved test they part wherever it is', () => {
    expect(against(strict, recording())).toMatchObject({ verdict: 'parts' });
    expect(against(OWN, recording({ output: { code: 201 } }))).toMatchObject({
      verdict: 'parts',
      same_output: false,
      difference: null,
    });
  });
});

describe('what would break', () => {
  const breaks = (steps: string, more = INPUTS, changes: Partial<Recording> = {}, own: Plan | null = OWN) =>
    rehearse(planOf(steps, more), recording(changes), own);

  test('a reference that leads to nothing, in the workflow and in a worker', () => {
    expect(breaks(FETCH + BUILD + REPORT.replace('status', 'code'))).toMatchObject({
      verdict: 'breaks',
      breaks: [
        { kind: 'reference', step: 'report', message: expect.stringContaining('steps.build.result.code') },
      ],
    });
    const http =
      '  - { key: send, http: { url: "http://x/{{ fetch.result.nothing }}" }, dependencies: [fetch] }\n';
    expect(breaks(FETCH + http)).toMatchObject({
      breaks: [{ kind: 'reference', step: 'send', message: expect.stringContaining('nothing') }],
    });
  });

  test('a condition that cannot be evaluated', () => {
    expect(breaks(FETCH + BUILD.replace('result.status', 'result.code') + REPORT)).toMatchObject({
      verdict: 'breaks',
      breaks: [{ kind: 'condition', step: 'build' }],
    });
  });

  test('a result that does not fit what the step is to answer now', () => {
    const agent = (type: string) =>
      `  - { key: plan, agent: backend, prompt: "Plan", output_schema: { type: object, properties: { n: { type: ${type} } } } }\n`;
    const own = planOf(agent('integer'));
    const steps = { plan: done({ n: 3 }, own, 'plan') };
    const rehearsal = rehearse(
      planOf(agent('string')),
      recording({ inputs: {}, steps, output: { n: 3 } }),
      own,
    );
    expect(rehearsal).toMatchObject({
      verdict: 'breaks',
      assumed: ['plan'],
      breaks: [{ kind: 'schema', step: 'plan', message: expect.stringContaining('n') }],
    });
  });

  test('inputs that it does not take, and outputs that cannot be put together', () => {
    expect(breaks(FETCH, 'inputs: { name: string, branch: string }')).toMatchObject({
      breaks: [{ kind: 'inputs', step: null, message: expect.stringContaining('branch') }],
    });
    expect(breaks(FETCH + BUILD, `${INPUTS}\noutputs: { x: "{{ build.result.nothing }}" }`)).toMatchObject({
      breaks: [{ kind: 'outputs', step: null }],
    });
  });

  test('not what had failed just so before', () => {
    const wrong =
      FETCH + REPORT.replace('build.result.status', 'fetch.result.nothing').replace('[build]', '[fetch]');
    const own = planOf(wrong, INPUTS);
    const error = { type: 'value_missing', message: 'missing' };
    const steps = { fetch: done(answer(200)), report: { status: 'failed', error } as const };
    const failed = { steps, status: 'failed', output: null };
    expect(breaks(wrong, INPUTS, failed, own)).toMatchObject({ verdict: 'same', breaks: [] });
    expect(breaks(wrong, INPUTS, failed, null)).toMatchObject({ verdict: 'same', breaks: [] });
  });
});

describe('what nobody has recorded', () => {
  test('a new step is named, and what reads of it breaks nothing', () => {
    const plan = planOf(
      FETCH +
        '  - { key: sign, http: { url: "http://sign" }, dependencies: [fetch] }\n' +
        BUILD.replace('fetch.result.status == 200', 'sign.result.ok').replace('[fetch]', '[sign]') +
        REPORT,
      INPUTS,
    );
    expect(rehearse(plan, recording(), OWN)).toMatchObject({
      verdict: 'expected',
      added: ['sign'],
      unknown: ['sign'],
      uncertain: ['build'],
      breaks: [],
      difference: { step: 'build', is: 'failed' },
    });
  });

  test('a step that does something else is assumed to bring the same', () => {
    const plan = planOf(FETCH.replace('http://x/', 'http://other/') + BUILD + REPORT, INPUTS);
    expect(rehearse(plan, recording(), OWN)).toMatchObject({ verdict: 'same', assumed: ['fetch'] });
    const later = planOf(FETCH + BUILD.replace('==', '>=') + REPORT, INPUTS);
    expect(rehearse(later, recording(), OWN)).toMatchObject({ verdict: 'same', assumed: [] });
  });

  test('steps that had been stopped are no part of the path', () => {
    const steps = { fetch: done(answer(200)), build: { status: 'cancelled' } as const };
    const stopped = recording({ steps, status: 'cancelled', output: null });
    expect(rehearse(OWN, stopped, null)).toMatchObject({ verdict: 'same', unknown: ['build'] });
    expect(rehearse(OWN, stopped, OWN)).toMatchObject({ verdict: 'same' });
  });
});

describe('odd recordings', () => {
  test('failures, fallbacks, waits, questions and agents are played without the world', () => {
    const plan = planOf(`
  - { key: ask, ask: { prompt: "Go on?" } }
  - { key: nap, wait: 10h, dependencies: [ask] }
  - { key: pull, command: ["git", "pull"], dependencies: [nap], on_error: { fallback: { exit_code: 1 } }, retry: { attempts: 3 } }
  - { key: write, agent: backend, prompt: "Write about {{ pull.result.exit_code }}", dependencies: [pull] }
`);
    const steps: Recording['steps'] = {
      ask: done({ answer: true, by: 'ann', answers: [{ by: 'ann', answer: 'yes' }] }),
      nap: done(null),
      pull: { status: 'failed', error: { type: 'worker_lost', message: 'gone' } },
      write: done('text'),
    };
    expect(against(plan, recording({ inputs: {}, steps, output: 'text' }))).toMatchObject({
      difference: { step: 'pull', was: 'failed', is: 'completed' },
      breaks: [],
      unknown: [],
    });
  });

  test('a fallback that took the place of a result does so as it is written now', () => {
    const steps = (status: number) =>
      FETCH.replace(' } }', ` }, on_error: { fallback: { status: ${status} } } }`);
    const error = { type: 'http_status', message: 'status 500' };
    const fell = recording({
      steps: { fetch: { status: 'completed', result: { status: 0 }, error } },
      output: { status: 0 },
    });
    const [own, other] = [planOf(steps(0), INPUTS), planOf(steps(7), INPUTS)];
    expect(rehearse(own, fell, own)).toMatchObject({ verdict: 'same', same_output: true });
    expect(against(own, fell)).toMatchObject({ verdict: 'same', same_output: true });
    expect(rehearse(other, fell, own)).toMatchObject({ verdict: 'same', same_output: false });
  });

  test('the first failure stops the others, as it did', () => {
    const two = `${FETCH}  - { key: other, http: { url: "http://x" } }\n`;
    const plan = planOf(two, INPUTS);
    const error = { type: 'http_status', message: 'status 500' };
    const steps: Recording['steps'] = { fetch: { status: 'failed', error }, other: { status: 'cancelled' } };
    const failed = recording({ steps, status: 'failed', output: null });
    expect(rehearse(plan, failed, plan)).toMatchObject({ verdict: 'same', unknown: [] });
  });

  test('large values go by reference and are read all the same', () => {
    const body = 'x'.repeat(100_000);
    const steps = {
      fetch: done({ ...answer(200), body }),
      build: done(answer(200)),
      report: done({ code: 200 }),
    };
    const plan = planOf(
      FETCH +
        BUILD.replace(
          'url: "http://x"',
          'url: "http://x", method: POST, body: "{{ fetch.result.body }}{{ name }}"',
        ) +
        REPORT,
      INPUTS,
    );
    expect(rehearse(plan, recording({ inputs: { name: body }, steps }), OWN)).toMatchObject({
      verdict: 'same',
      breaks: [],
    });
  });

  test('secrets that a step names are not known, and not missed', () => {
    const plan = planOf(
      FETCH.replace(
        'url: "http://x/{{ name }}"',
        'url: "http://x/{{ name }}", headers: { authorization: "{{ secrets.TOKEN }}" }',
      ),
      INPUTS,
    );
    expect(rehearse(plan, recording({ output: answer(200) }), null)).toMatchObject({ breaks: [] });
  });

  test('a wide plan is played in bearable time', () => {
    const keys = Array.from({ length: 500 }, (_, i) => `s${i}`);
    const steps = keys.map((key, i) =>
      i === 0
        ? `  - { key: ${key}, command: [a] }\n`
        : `  - { key: ${key}, command: [a], dependencies: [s0] }\n`,
    );
    const plan = planOf(steps.join(''));
    const recorded = Object.fromEntries(keys.map((key) => [key, done({ exit_code: 0 })]));
    const result = rehearse(plan, recording({ inputs: {}, steps: recorded, output: null }), null);
    expect(result).toMatchObject({ verdict: 'same', unknown: [], breaks: [] });
  });
});
