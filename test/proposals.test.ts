/** Agents and steps that edit the plan of their own run: with a person, by themselves, and over a worker that is killed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { Question } from '../src/contract/question.ts';
import type { RunRevision } from '../src/contract/edit.ts';
import { verifyRun } from '../src/projections/index.ts';
import { startActivityWorker } from './support/activity-worker.ts';
import { startBaton } from './support/baton.ts';
import { bringForward } from './support/bring-forward.ts';
import { taskQueue, until } from './support/index.ts';
import { recordHistory } from './support/record-history.ts';
import { talkTo } from './support/talk.ts';
import { temporaryHome } from './support/temporary-home.ts';

const example = (name: string): string =>
  readFileSync(new URL(`../examples/${name}`, import.meta.url), 'utf8');

const SCRIPT = `
  - workflow: AUTO
    step: plan
    turns:
      - tool_calls:
          - name: edit_plan
            input: { edits: [{ op: INSERT, after: plan, step: { key: evil, command: [cat, /etc/passwd] } }] }
      - tool_calls:
          - name: edit_plan
            input:
              reason: more to do
              edits:
                - { op: INSERT, after: plan, before: sum, step: { key: work, agent: coder, prompt: Work } }
      - reply: planned
  - workflow: AUTO
    step: work
    reply: worked
`;

const script = join(temporaryHome(), 'script.yaml');
writeFileSync(
  script,
  `${example('scripts/planner.yaml')}${SCRIPT.replaceAll('AUTO', 'auto')}${SCRIPT.replaceAll('AUTO', 'killed')}`,
);
const baton = await startBaton({
  BATON_SCRIPT: script,
  BATON_MODEL: 'scripted/demo',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});

const openQuestions = (id: string) => baton.items<Question>(`/runs/${id}/questions?status=open`);
const revisions = (id: string) => baton.items<RunRevision>(`/runs/${id}/edits`);
const asked = async (id: string): Promise<Question> => {
  await until(async () => (await openQuestions(id)).length === 1);
  const [question] = await openQuestions(id);
  if (question === undefined) throw new Error('nobody is asked');
  return question;
};

test('the planner of the example adds five steps, a person says yes, and they run', async () => {
  await baton.publish(example('planner.yaml'));
  const { id } = await baton.start({ workflow: 'planner', inputs: { task: 'Move the sessions' } });
  const question = await asked(id);
  expect(question).toMatchObject({
    kind: 'approval',
    step: 'plan',
    call: { name: 'edit_plan', input: { edits: expect.any(Array) as unknown[] } },
    edit: {
      ...{ revision: 0, removed: [], changed: [] },
      reason: expect.stringContaining('two changes') as string,
      added: [
        { step: 'look', agent: 'researcher', dependencies: ['plan'] },
        { step: 'store', agent: 'coder', dependencies: ['look'] },
        { step: 'table', agent: 'coder', dependencies: ['look'] },
        { step: 'review', agent: 'reviewer', dependencies: ['table', 'store'] },
        { step: 'notes', agent: 'writer', dependencies: ['review'] },
      ],
      rewired: [{ step: 'report', dependencies: ['plan', 'notes'] }],
    },
  });
  const before = await baton.run(id);
  expect(before).toMatchObject({
    revision: 0,
    waiting_for: [
      { step: 'plan', text: expect.stringMatching(/^May agent planner change the plan/) as string },
    ],
  });
  const body = { question: question.id, decision: 'approve', by: 'ann' };
  expect((await baton.call('POST', `/runs/${id}/answers`, body)).status).toBeLessThan(300);
  expect(await baton.finished(id)).toMatchObject({
    ...{ status: 'completed', revision: 1, diverged: null },
    output: { report: 'Sessions have moved to Postgres, reviewed and with notes.' },
  });
  expect(Object.keys(await baton.steps(id))).toHaveLength(7);
  expect(await revisions(id)).toMatchObject([
    { revision: 1, by: 'planner', proposed_by: 'plan', added: ['look', 'store', 'table', 'review', 'notes'] },
    { revision: 0, proposed_by: null },
  ]);
  const definition = await baton.call<{ source: string }>('GET', `/runs/${id}/definition`);
  expect(definition.body.source).toContain('# A planner that makes the plan');
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  await recordHistory('proposed-asked', id);
});

const auto = (name: string, more = ''): string => `
name: ${name}
version: 1.0.0
edits: auto
agents: { coder: {} }
steps:
  - { key: plan, agent: coder, prompt: Plan${more} }
  - { key: sum, transform: "'done'", dependencies: [plan] }
`;

test('by itself: what goes beyond its bounds is told to the agent, which mends it', async () => {
  await baton.publish(auto('auto'));
  const { id } = await baton.start({ workflow: 'auto', inputs: {} });
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', revision: 1, diverged: null });
  expect(await baton.steps(id)).toMatchObject({
    work: { status: 'completed' },
    sum: { status: 'completed' },
  });
  const lines = await talkTo(baton, id).lines();
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/Proposed edit refused \(not_permitted\): step "evil" is of kind command/),
      'Plan edited, revision 1: added work; rewired sum',
    ]),
  );
  const events = await baton.items<{ seq: number; type: string; caused_by: number; data: object }>(
    `/runs/${id}/events?limit=200`,
  );
  const plan = events.findLast(({ type }) => type === 'plan');
  expect(events.find(({ seq }) => seq === plan?.caused_by)).toMatchObject({ type: 'tool_call' });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  await recordHistory('proposed-auto', id);
});

test('a step proposes by its result, and stays open until a person has decided', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const step = { key: 'extra', transform: "'extra'" };
    response.end(JSON.stringify({ reason: 'one more', edits: [{ op: 'INSERT', step, before: 'sum' }] }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await baton.publish(`
name: stepwise
version: 1.0.0
inputs: { url: string }
steps:
  - { key: fetch, http: { url: "{{ url }}" }, edits: ask }
  - { key: sum, transform: "'done'", dependencies: [fetch] }
`);
  const answered = async (decision: object) => {
    const { id } = await baton.start({ workflow: 'stepwise', inputs: { url } });
    const question = await asked(id);
    expect(question).toMatchObject({
      step: 'fetch',
      edit: { reason: 'one more', added: [{ step: 'extra' }] },
    });
    expect(await baton.steps(id)).toMatchObject({ fetch: { status: 'waiting' }, sum: { status: 'pending' } });
    await baton.call('POST', `/runs/${id}/answers`, { question: question.id, by: 'ann', ...decision });
    const run = await baton.finished(id);
    expect(run).toMatchObject({ status: 'completed', diverged: null, output: 'done' });
    expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
    return { id, run };
  };
  const yes = await answered({ decision: 'approve' });
  expect(await baton.steps(yes.id)).toMatchObject({ extra: { status: 'completed' } });
  await recordHistory('proposed-by-result', yes.id);
  const no = await answered({ decision: 'reject', reason: 'not now' });
  server.close();
  expect(no.run.revision).toBe(0);
  expect(await talkTo(baton, no.id).lines()).toContain(
    'Proposed edit of the plan refused: ann declined: not now',
  );
});

test('a worker that is killed while it looks at a proposal: it is made again, and counts once', async () => {
  const queue = taskQueue('planners');
  await baton.publish(auto('killed', `, capability: ${queue}`));
  const environment = { BATON_SCRIPT: script, BATON_MODEL: 'scripted/demo' };
  const { id } = await baton.start({ workflow: 'killed', inputs: {} });
  // Who looks for the definition waits here.
  const lock = new pg.Client(baton.databaseUrl);
  await lock.connect();
  await lock.query('begin');
  await lock.query('lock table run_plans in access exclusive mode');
  const isWaiting = async () => {
    const { rows } = await baton.database.query(
      "select 1 from pg_locks where relation = 'run_plans'::regclass and not granted",
    );
    return rows.length > 0;
  };
  const first = startActivityWorker(baton, queue, environment);
  await until(isWaiting);
  first.kill('SIGKILL');
  await lock.end();
  expect(await bringForward(id, 'heartbeat')).toBe('20s');
  startActivityWorker(baton, queue, environment);
  expect(await baton.finished(id)).toMatchObject({ status: 'completed', revision: 1, diverged: null });
  expect((await revisions(id)).map(({ revision }) => revision)).toEqual([1, 0]);
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
}, 300_000);
