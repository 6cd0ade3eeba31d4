/** Runs that go on from a checkpoint otherwise than they did: other prompts, models, inputs, results, plans; several at once. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ForkedRuns, ForkPreview, RestoreAnswer } from '../src/contract/checkpoint.ts';
import type { RunRevision } from '../src/contract/edit.ts';
import type { RunDifference } from '../src/contract/difference.ts';
import type { Problem } from '../src/contract/problem.ts';
import type { Run } from '../src/contract/run.ts';
import { verifyRun } from '../src/projections/index.ts';
import { runCommand } from './cli/run-command.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import { until } from './support/index.ts';

const vendor = await startFakeOpenAi({
  answer: async ({ model, messages }) => ({ reply: `${model} on ${String(messages.at(-1)?.content)}` }),
});
afterFile(() => vendor.stop());
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});
const DEFINITION = (version: string, more = '') => `
# Kept as its author wrote it
name: essay
version: ${version}
inputs: { topic: string }
steps:
  - { key: plan, transform: '{{ "about " + inputs.topic + " " }}${'x'.repeat(300)}' }
  - { key: draft, agent: writer, model: compatible/small, prompt: "Write {{ inputs.topic }}", dependencies: [plan], tools: [] }
  - { key: judge, agent: judge, model: compatible/judge, prompt: "{{ steps.draft.result }}", dependencies: [draft], tools: [] }
  - { key: end, transform: '{{ steps.judge.result }}', dependencies: [judge] }
${more}
agents:
  writer: { purpose: writes, system: You write. }
  judge: { purpose: judges, system: You judge., output_schema: { type: object, required: [good] } }
`;
let id = '';
beforeAll(async () => {
  const noSchema = (text: string) => text.replace(/, output_schema: .*}/, ' }');
  await baton.publish(noSchema(DEFINITION('1.0.0')));
  await baton.publish(
    noSchema(DEFINITION('1.1.0', "  - { key: more, transform: '1', dependencies: [end] }")),
  );
  await baton.publish(noSchema(DEFINITION('2.0.0')).replace('about ', 'on '));
  ({ id } = await baton.start({ workflow: 'essay@1.0.0', inputs: { topic: 'rain' } }));
  await baton.finished(id);
});

async function verified(runId: string, status = 'completed') {
  const run = await baton.finished(runId);
  expect(run).toMatchObject({ status, diverged: null });
  expect(await verifyRun(baton.database, runId)).toMatchObject({ ok: true });
  return run;
}
const fork = <T = Run>(body: object, headers = {}) =>
  baton.call<T>('POST', `/runs/${id}/forks`, { by: 'eve', ...body }, headers);
const cli = (...args: string[]) => runCommand({ BATON_URL: baton.url }, args);

describe('a fork', () => {
  test('from a step with another prompt and model: what stands before is taken over and shown', async () => {
    const set = { prompt: 'Sing {{ inputs.topic }}', model: 'compatible/large', inputs: { topic: 'snow' } };
    const { status, body } = await fork({ from: 'draft', set, reason: 'louder' });
    expect(status).toBe(201);
    const run = await verified(body.id);
    expect(run).toMatchObject({ output: 'judge on large on Sing snow', revision: 1 });
    const steps = await baton.steps(run.id);
    const before = (await baton.steps(id))['plan'];
    expect(steps['plan']).toMatchObject({ output: before?.output, output_preview: before?.output_preview });
    expect(before?.output_preview).toMatch(/^about rain x+…$/);
    const [revision] = await baton.items<RunRevision>(`/runs/${run.id}/edits`);
    expect(revision).toMatchObject({
      ...{ revision: 1, by: 'eve', reason: 'louder' },
      changed: [{ step: 'draft', members: ['prompt', 'models'] }],
    });
    const definition = await baton.call<{ source: string }>('GET', `/runs/${run.id}/definition`);
    expect(definition.body.source).toContain('# Kept as its author wrote it');
  });

  test('with another definition, as far as what stays is the same there', async () => {
    const { body } = await fork({ from: 'end', set: { definition: 'essay@1.1.0' } });
    expect(await verified(body.id)).toMatchObject({ version: '1.1.0', output: 1 });
    expect(await fork<Problem>({ from: 'end', set: { definition: 'essay@2.0.0' } })).toMatchObject({
      status: 409,
      body: {
        code: 'set_refused',
        errors: [{ code: 'step_started', message: expect.stringContaining('"plan"') }],
      },
    });
    expect(await fork<Problem>({ set: { definition: 'essay@9' } })).toMatchObject({ status: 404 });
  });

  test('several models beside each other, under one budget; once under a key, and foretold', async () => {
    const variants = ['one', 'two', 'three'].map((name) => ({ label: name, model: `compatible/${name}` }));
    const body = { from: 'draft', variants, budget: { tokens: 90_000 }, labels: { try: 'models' } };
    const foretold = await fork<ForkPreview>({ ...body, dry_run: true });
    expect(foretold).toMatchObject({ status: 200, body: { dry_run: true } });
    expect(foretold.body.forks[1]).toMatchObject({
      label: 'two',
      preview: { kept: ['plan'], plan: { changed: [{ step: 'draft', members: ['models'] }] } },
    });
    const key = { 'idempotency-key': `variants-${id}` };
    const { status, body: started } = await fork<ForkedRuns>(body, key);
    expect(status).toBe(201);
    expect(await fork<ForkedRuns>(body, key)).toMatchObject({
      status: 200,
      body: { items: started.items.map(({ run }) => ({ run: { id: run.id } })) },
    });
    const used = (await baton.run(id)).total_tokens;
    for (const { label, run } of started.items) {
      expect(await verified(run.id)).toMatchObject({
        output: `judge on ${label} on Write rain`,
        labels: { variant: label, try: 'models' },
        limits: { max_tokens: used + 30_000 },
      });
    }
    expect(await fork<Problem>({ ...body, budget: { tokens: 9 } }, key)).toMatchObject({
      status: 409,
      body: { code: 'idempotency_key_reused' },
    });
    const forks = (await baton.run(id)).forks.length;
    const wrong = { ...body, variants: [...variants, { model: 'nobody' }] };
    expect(await fork<Problem>(wrong)).toMatchObject({ status: 422, body: { code: 'definition_invalid' } });
    expect((await baton.run(id)).forks).toHaveLength(forks);
  });

  test.each([
    [{ set: { steps: { plan: { prompt: 'x' } } } }, 409, 'set_refused'],
    [{ set: { steps: { draft: { prompt: 'x' } } } }, 409, 'set_refused'],
    [{ set: { steps: { nobody: { model: 'compatible/x' } } } }, 404, 'step_not_found'],
    [{ set: { model: 'compatible/x' } }, 400, 'invalid_request'],
    [{ checkpoint: 1, set: { model: 'compatible/x' } }, 400, 'invalid_request'],

    [{ from: 'nobody' }, 404, 'step_not_found'],
    [{ variants: [{ label: 'a' }, { label: 'a' }] }, 400, 'invalid_request'],
    [{ variants: [{}], id: 'x' }, 400, 'invalid_request'],
    [{ set: { inputs: { topic: 1 } } }, 422, 'inputs_invalid'],
  ])('%j is refused', async (body, status, code) => {
    expect(await fork<Problem>(body)).toMatchObject({ status, body: { code } });
  });
});

test('a result that is too large, or a budget in money where prices are not known, is refused', async () => {
  const result = 'x'.repeat(40_000);
  expect(await fork<Problem>({ set: { steps: { draft: { result } } } })).toMatchObject({
    status: 409,
    body: {
      code: 'set_refused',
      errors: [{ path: 'body.set.steps.draft.result', code: 'result_too_large' }],
    },
  });
  expect(await fork<Problem>({ budget: { cost_usd: 2 } })).toMatchObject({
    status: 409,
    body: { code: 'set_refused', errors: [{ code: 'price_unknown' }] },
  });
});

test('a run that is set back has a result that is given, and keeps what it had on record', async () => {
  const run = await baton.start({ workflow: 'essay@1.0.0', inputs: { topic: 'fog' } });
  await baton.finished(run.id);
  const body = {
    checkpoint: 1,
    set: { steps: { draft: { result: 'Mine' } } },
    reason: 'as agreed',
    by: 'eve',
  };
  const restored = await baton.call<RestoreAnswer>('POST', `/runs/${run.id}/restore`, body);
  expect(restored.body.preview).toMatchObject({ given: ['draft'], kept: ['plan', 'draft'] });
  await until(async () => (await baton.run(run.id)).epoch === 1);
  expect(await verified(run.id)).toMatchObject({ output: 'judge on Mine', revision: 0 });
  const { body: events } = await baton.call<{ items: { data: object }[] }>(
    'GET',
    `/runs/${run.id}/events?limit=500`,
  );
  expect(events.items).toContainEqual(
    expect.objectContaining({
      step: 'draft',
      data: expect.objectContaining({
        ...{ overridden: true, by: 'eve' },
        was: expect.objectContaining({ output: 'small on Write fog' }),
      }),
    }),
  );
});

test('two runs are laid beside each other, as they are and as they were', async () => {
  const { body } = await fork({ from: 'judge', set: { model: 'compatible/strict' } });
  await verified(body.id);
  const { body: difference } = await baton.call<RunDifference>('GET', `/runs/${id}/diff/${body.id}`);
  expect(difference).toMatchObject({
    a: { run: id, seq: null },
    b: { run: body.id },
    first_difference: { what: 'step', step: 'judge' },
    inputs: [],
    output: { differs: true },
  });
  expect(difference.steps.map(({ key, differs, b }) => [key, differs, b?.ran])).toEqual([
    ['plan', [], false],
    ['draft', [], false],
    ['judge', ['model', 'output'], true],
    ['end', ['output'], true],
  ]);
  const then = await baton.call<RunDifference>('GET', `/runs/${id}/diff/${id}?at=3`);
  expect(then.body).toMatchObject({ a: { seq: 3, status: 'running' }, first_difference: { what: 'step' } });
  expect((await baton.call('GET', `/runs/${id}/diff/${id}`)).body).toMatchObject({ first_difference: null });
  expect((await baton.call('GET', `/runs/${id}/diff/nobody`)).body).toMatchObject({ code: 'run_not_found' });
  expect((await baton.call('GET', `/runs/${id}/diff/${id}?at=9999`)).body).toMatchObject({
    code: 'event_not_found',
  });
  const shown = await cli('diff', id, body.id);
  expect(shown.out).toContain('the same before: plan, draft\n\njudge  model, output');
  expect((await cli('diff', `${id}@3`, `${id}@3`)).out).toContain('the same, whatever they took');
});

test('the command line does the same', async () => {
  const rerun = await cli('rerun', id, '--from', 'draft', '--prompt', 'Hum', '--wait');
  expect(rerun).toMatchObject({ code: 0, out: 'judge on small on Hum\n' });
  const dry = await cli(
    'fork',
    id,
    'cp-1',
    '--variant',
    'a:draft.model=compatible/a',
    '--variant',
    'a:inputs.topic=b',
    '--dry-run',
  );
  expect(dry.out).toContain('variant a would begin at cp-1');
  expect(dry.out).toContain('other inputs: topic');
  const variants = [
    '--variant',
    'model=compatible/x',
    '--variant',
    'model=compatible/y',
    '--budget',
    '90000tokens',
  ];
  const forked = await cli('fork', id, '--from', 'draft', ...variants, '--wait');
  expect(forked.out).toMatch(/ completed .* model=compatible\/x\n/);
  expect((await cli('rerun', id, '--prompt', 'x')).code).toBe(2);
  expect((await cli('fork', id, '--budget', '2')).code).toBe(2);
});
