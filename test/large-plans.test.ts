/** A plan of as many bytes as one may have goes every way; one of a byte more goes none, and each says why and what to do. */
import { expect, test } from 'vitest';
import type { EditAnswer } from '../src/contract/edit.ts';
import type { Problem } from '../src/contract/problem.ts';
import type { Run } from '../src/contract/run.ts';
import { compile } from '../src/definition/index.ts';
import { jsonBytes, type Json } from '../src/plan/json.ts';
import { MAX_PLAN_BYTES } from '../src/protocol/envelope.ts';
import { MAX_MESSAGE_CHARS } from '../src/protocol/signals.ts';
import { verifyRun } from '../src/projections/index.ts';
import { startBaton } from './support/baton.ts';
import { until } from './support/index.ts';

const STEPS = 1_998;
const MB = 1024 * 1024;

/** Its last step can be given another prompt. */
function definition(prompt: number, last: number, more = ''): string {
  const steps = Array.from(
    { length: STEPS },
    (_, at) => `  - { key: s${at}, agent: writer, prompt: ${'x'.repeat(prompt)}, dependencies: [hold] }`,
  );
  return `name: large
version: 1.0.0
agents: { writer: { model: scripted/writer, system: Write. } }
steps:
  - { key: hold, ask: { prompt: "Go?", approval: true } }
${steps.join('\n')}
  - { key: last, agent: writer, prompt: ${'y'.repeat(last)}, dependencies: [hold] }
${more}`;
}

function planBytes(text: string): number {
  const compiled = compile(text);
  if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled.errors));
  return jsonBytes(compiled.plan as unknown as Json);
}

const left = MAX_PLAN_BYTES - planBytes(definition(1, 1));
const longer = Math.floor(left / STEPS);
const LAST = 1 + left - longer * STEPS;
const largest = (last = LAST) => definition(1 + longer, last);

const baton = await startBaton();
const post = <T = Problem>(path: string, body: unknown, type = 'application/json') =>
  baton.call<T>('POST', path, body, { 'content-type': type });
const TOO_LARGE = {
  status: 422,
  body: {
    code: 'definition_invalid',
    errors: [
      {
        code: 'plan_too_large',
        path: 'steps',
        message: `The compiled plan has ${MAX_PLAN_BYTES + 1} bytes; the limit is ${MAX_PLAN_BYTES}.`,
        hint: 'Split the workflow, or hand large texts over as inputs.',
      },
    ],
  },
};

test('just as large as it may be', async () => {
  await baton.publish(largest());
  expect(await post('/workflows', largest(LAST + 1), 'application/yaml')).toMatchObject(TOO_LARGE);

  const { id } = await baton.start({ workflow: 'large', inputs: {} });
  await until(async () => (await baton.items(`/runs/${id}/questions`)).length === 1);
  const prompt = (letters: number) => ({ prompt: 'z'.repeat(letters) });
  const edits = (letters: number) => ({
    edits: [{ op: 'UPDATE', step: { key: 'last', ...prompt(letters) } }],
    reason: '語'.repeat(MAX_MESSAGE_CHARS),
  });
  expect(await post(`/runs/${id}/edits`, edits(LAST + 1))).toMatchObject(TOO_LARGE);
  expect(await post(`/runs/${id}/edits`, { definition: largest(LAST + 1) })).toMatchObject(TOO_LARGE);
  expect(await post<EditAnswer>(`/runs/${id}/edits`, edits(LAST))).toMatchObject({
    status: 200,
    body: { applied: true, revision: 1, changed: [{ step: 'last', members: ['prompt'] }] },
  });

  expect(await post(`/runs/${id}/checkpoints`, { label: 'here' })).toMatchObject({ status: 200 });
  const set = (letters: number) => ({ checkpoint: 'here', set: { steps: { last: prompt(letters) } } });
  for (const way of ['forks', 'restore'])
    expect(await post(`/runs/${id}/${way}`, set(LAST + 1)), way).toMatchObject(TOO_LARGE);
  const other = { checkpoint: 'here', set: { steps: { last: { prompt: 'w'.repeat(LAST) } } } };
  const fork = await post<Run>(`/runs/${id}/forks`, other);
  expect(fork).toMatchObject({ status: 201 });
  for (const one of [fork.body.id, id]) {
    await until(async () => (await baton.items(`/runs/${one}/questions?status=open`)).length === 1);
    await post(`/runs/${one}/cancel`, { reason: 'seen' });
    expect(await baton.finished(one)).toMatchObject({ status: 'cancelled', diverged: null });
    expect(await verifyRun(baton.database, one)).toMatchObject({ ok: true });
  }
});

test('a text of as many bytes as one may have can be edited to, though it is longer as JSON', async () => {
  const small =
    'name: small\nversion: 1.0.0\nsteps:\n  - { key: hold, ask: "Go?" }\n  - { key: end, transform: "1", dependencies: [hold] }\n';
  await baton.publish(small);
  const { id } = await baton.start({ workflow: 'small', inputs: {} });
  await until(async () => (await baton.items(`/runs/${id}/questions`)).length === 1);
  const filled = (bytes: number) => {
    const text = small.replace('"1"', '"2"');
    const line = `# ""${' '.repeat(60)}\n`;
    const lines = line.repeat(Math.floor((bytes - text.length) / line.length) - 1);
    return `${text}${lines}#${'"'.repeat(bytes - text.length - lines.length - 1)}`;
  };
  expect(filled(MB).length).toBe(MB);
  expect(await post(`/runs/${id}/edits`, { definition: filled(MB + 1) })).toMatchObject({
    status: 422,
    body: {
      code: 'definition_invalid',
      errors: [{ code: 'text_too_large', hint: 'Split the workflow, or hand large texts over as inputs.' }],
    },
  });
  expect(await post(`/runs/${id}/edits`, { definition: filled(MB) })).toMatchObject({
    status: 200,
    body: { applied: true, changed: [{ step: 'end' }] },
  });
  for (const [path, body, type] of [
    ['/workflows', filled(MB + 1), 'application/yaml'],
    [`/runs/${id}/edits`, { definition: 'x'.repeat(3 * MB) }, 'application/json'],
  ] as const)
    expect(await post(path, body, type)).toMatchObject({
      status: 413,
      body: { code: 'body_too_large', detail: expect.stringContaining('hand large texts over as inputs') },
    });
});
