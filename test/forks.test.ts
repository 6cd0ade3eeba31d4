/** Runs that go on from a checkpoint otherwise than they did: other prompts, models, inputs, results, plans; several at once. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ForkedRuns, ForkPreview, RestoreAnswer } from '../src/contract/checkpoint.ts';
import type { RunRevision } from '../src/contract/edit.ts';
import type { RunDifference } from '../src/contract/runs/difference.ts';
import type { Problem } from '../src/contract/problem.ts';
import type { Run } from '../src/contract/run.ts';
import { sql } from '../src/database/sql.ts';
import { verifyRun } from '../src/projections/index.ts';
import { runCommand } from './cli/run-command.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import { until } from './support/index.ts';

/** The slow one does not answer before it may. */
let mayAnswer = false;
const vendor = await startFakeOpenAi({
  answer: async ({ model, messages }) => {
    if (model === 'slow') await until(() => mayAnswer);
    return { reply: `${model} on ${String(messages.at(-1)?.content)}` };
  },
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

describe('a branch is promoted', () => {
  let parent = '';
  let branch = '';
  beforeAll(async () => {
    ({ id: parent } = await baton.start({ workflow: 'essay@1.0.0', inputs: { topic: 'hail' } }));
    await baton.finished(parent);
    const body = { from: 'draft', set: { model: 'compatible/best', inputs: { topic: 'storm' } } };
    ({
      body: { id: branch },
    } = await baton.call<Run>('POST', `/runs/${parent}/forks`, body));
    await verified(branch);
  });
  const promote = <T = RestoreAnswer>(of: string, body: object, headers = {}) =>
    baton.call<T>('POST', `/runs/${of}/promotions`, { by: 'eve', ...body }, headers);

  test('its results are the run’s own, once, and what was there stands on record', async () => {
    const before = await baton.steps(parent);
    const calls = vendor.requests.length;
    const foretold = await promote(parent, { branch, dry_run: true });
    expect(foretold.body).toMatchObject({
      dry_run: true,
      preview: { given: ['draft', 'judge', 'end'], runs_again: [], inputs: ['topic'] },
    });
    const key = { 'idempotency-key': `promote-${parent}` };
    const said = { branch, reason: 'the best' };
    expect((await promote(parent, said, key)).status).toBeLessThan(300);
    await until(async () => (await baton.run(parent)).epoch === 1);
    const run = await verified(parent);
    expect(await promote(parent, said, key)).toMatchObject({ status: 200, body: { run: { epoch: 1 } } });
    const of = await baton.run(branch);
    expect(run).toMatchObject({
      ...{ output: of.output, inputs: of.inputs, plan_hash: of.plan_hash, revision: 1 },
      lineage: { promoted_from: branch },
    });
    expect(run.output).toBe('judge on best on Write storm');
    expect(vendor.requests).toHaveLength(calls);
    const [steps, ofBranch] = [await baton.steps(parent), await baton.steps(branch)];
    expect(steps['judge']).toMatchObject({
      output: ofBranch['judge']?.output as string,
      output_preview: ofBranch['judge']?.output_preview,
    });
    const { items } = (await baton.call<{ items: object[] }>('GET', `/runs/${parent}/events?limit=500`)).body;
    expect(items).toContainEqual(
      expect.objectContaining({
        step: 'judge',
        data: expect.objectContaining({
          ...{ overridden: true, by: 'eve' },
          was: expect.objectContaining({ output: before['judge']?.output as string }),
        }),
      }),
    );
    const messages: readonly object[] = await baton.items(`/runs/${parent}/messages`);
    expect(messages).toContainEqual(
      expect.objectContaining({
        ...{ action_type: 'restore', content: 'the best', author: 'eve' },
        metadata: expect.objectContaining({ promoted: branch, given: ['draft', 'judge', 'end'] }),
      }),
    );
    expect((await baton.call('GET', `/runs/${parent}/definition`)).body).toMatchObject({
      plan_hash: of.plan_hash,
    });
  });

  /** A fork of the parent whose judge is asked, and does not answer before it may. */
  async function atWork(): Promise<string> {
    const asked = () => vendor.requests.filter(({ model }) => model === 'slow').length;
    const before = asked();
    const set = { steps: { judge: { model: 'compatible/slow' } } };
    const { body } = await baton.call<Run>('POST', `/runs/${parent}/forks`, { from: 'draft', set });
    await until(() => asked() > before);
    await until(async () => (await baton.items(`/runs/${body.id}/checkpoints`)).length > 0);
    return body.id;
  }

  test('an open run comes to rest, and goes on with what the fork has come to', async () => {
    const open = await atWork();
    const given = { steps: { judge: { result: 'By hand' } } };
    const { body: other } = await baton.call<Run>('POST', `/runs/${open}/forks`, { set: given });
    expect(await verified(other.id)).toMatchObject({ output: 'By hand' });
    expect((await promote(open, { branch: other.id, dry_run: true })).body).toMatchObject({
      preview: { given: ['judge', 'end'], kept: ['plan', 'draft', 'judge', 'end'], runs_again: [] },
    });
    // The judge does not come to the end of its turn.
    expect(await promote<Problem>(open, { branch: other.id, timeout: '1s' })).toMatchObject({
      status: 409,
      body: { code: 'run_not_at_rest' },
    });
    await until(async () => (await baton.run(open)).is_paused);
    expect(await baton.run(open)).toMatchObject({ epoch: 0, status: 'paused' });
    const both = await Promise.all(
      ['one', 'two'].map((name) =>
        promote(open, { branch: other.id, mode: 'abort' }, { 'idempotency-key': `${name}-${open}` }),
      ),
    );
    expect(both.some(({ status }) => status < 300)).toBe(true);
    await until(async () => (await baton.run(open)).epoch > 0);
    expect(await verified(open)).toMatchObject({
      ...{ output: 'By hand', lineage: { promoted_from: other.id } },
    });
    expect((await baton.steps(open))['judge']).toMatchObject({ status: 'completed', output: 'By hand' });
  });

  test('what it has not settled is done by the run', async () => {
    const half = { id: await atWork() };
    await baton.call('POST', `/runs/${half.id}/cancel`, {});
    await verified(half.id, 'cancelled');
    const { epoch } = await baton.run(parent);
    const { body } = await promote(parent, { branch: half.id });
    expect(body.preview).toMatchObject({ given: ['draft'], runs_again: ['judge', 'end'] });
    mayAnswer = true;
    await until(async () => (await baton.run(parent)).epoch === epoch + 1);
    expect((await verified(parent)).output).toMatch(/^slow on best on Write storm$/);
  });

  test('others are refused', async () => {
    expect(await promote<Problem>(id, { branch })).toMatchObject({
      status: 409,
      body: { code: 'not_forked_from', forked_from: parent },
    });
    expect(await promote<Problem>(parent, { branch: 'nobody' })).toMatchObject({
      body: { code: 'run_not_found' },
    });
    const { body: same } = await baton.call<Run>('POST', `/runs/${parent}/forks`, {});
    await baton.finished(same.id);
    expect(await promote<Problem>(parent, { branch: same.id })).toMatchObject({
      status: 409,
      body: { code: 'nothing_to_promote' },
    });
  });
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
  const [best] = (await baton.run(id)).forks.slice(-1);
  expect((await cli('promote', best?.run ?? '', '--dry-run')).out).toContain(
    'has the result that is given: draft',
  );
  expect((await cli('promote', id)).err).toContain('was forked from no other run');
  expect((await cli('rerun', id, '--prompt', 'x')).code).toBe(2);
  expect((await cli('fork', id, '--budget', '2')).code).toBe(2);
});

test('a fork stays when its parent goes; what needs the parent says so', async () => {
  const parent = await baton.start({ workflow: 'essay@1.0.0', inputs: { topic: 'dew' } });
  await baton.finished(parent.id);
  const set = { prompt: 'Hum {{ inputs.topic }}' };
  const at = (run: string, body: object) => baton.call<Run>('POST', `/runs/${run}/forks`, body);
  const { body: branch } = await at(parent.id, { from: 'draft', set });
  await verified(branch.id);
  await baton.database.query(sql`
    delete from history_events where execution_id in (select execution_id from executions where run_id = ${parent.id})`);
  expect(await at(parent.id, {})).toMatchObject({ status: 409, body: { code: 'checkpoint_pruned' } });
  const promoted = { branch: branch.id };
  expect(await baton.call('POST', `/runs/${parent.id}/promotions`, promoted)).toMatchObject({
    status: 409,
    body: { code: 'checkpoint_pruned' },
  });
  for (const table of ['workflow_runs', 'run_plans'] as const) {
    const column = table === 'workflow_runs' ? sql`id` : sql`run_id`;
    const name = table === 'workflow_runs' ? sql`workflow_runs` : sql`run_plans`;
    await baton.database.query(sql`delete from ${name} where ${column} = ${parent.id}`);
  }
  expect((await baton.steps(branch.id))['plan']?.output_preview).toMatch(/^about dew/);
  // Of a fork of a fork, whose plan was made for the first, everything is there too.
  const { body: second } = await at(branch.id, { from: 'judge' });
  expect(await verified(second.id)).toMatchObject({ output: 'judge on small on Hum dew' });
  await baton.database.query(sql`delete from run_plans where run_id = ${branch.id}`);
  const definition = await baton.call<{ source: string }>('GET', `/runs/${second.id}/definition`);
  expect(definition.body.source).toContain('Hum {{ inputs.topic }}');
});
