/** What is pruned of real runs stays away, and what is needed stays. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Checkpoint, CheckpointDetail, CheckpointsPruned } from '../src/contract/checkpoint.ts';
import type { Problem } from '../src/contract/problem.ts';
import type { Question } from '../src/contract/question.ts';
import type { Run } from '../src/contract/run.ts';
import { sql } from '../src/database/sql.ts';
import { archiveRuns, importArchive } from '../src/maintenance/index.ts';
import { rebuildRun, verifyRun } from '../src/projections/index.ts';
import { runCommand } from './cli/run-command.ts';
import { startBaton } from './support/baton.ts';
import { until } from './support/index.ts';
import { temporaryHome } from './support/temporary-home.ts';

const baton = await startBaton();
beforeAll(async () => {
  await baton.publish(`
name: build
version: 1.0.0
steps:
  - { key: fetch, transform: { value: 1 } }
  - { key: compile, transform: { value: "{{ fetch.result.value }}" }, dependencies: [fetch], when: "true" }
  - { key: sign, ask: "Sign?", dependencies: [compile] }
  - { key: ship, transform: { value: 3 }, dependencies: [sign] }
`);
});

const list = (id: string) => baton.items<Checkpoint>(`/runs/${id}/checkpoints`);
const numbers = async (id: string) => (await list(id)).map(({ number }) => number);
const prune = <T = CheckpointsPruned>(id: string, body: object) =>
  baton.call<T>('POST', `/runs/${id}/checkpoints/prune`, { by: 'eve', ...body });
const verified = async (id: string) =>
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });

async function answer(id: string): Promise<void> {
  let question: string | undefined;
  await until(async () => {
    const open = await baton.items<Question>(`/questions?run=${id}`);
    question = open[0]?.id;
    return question !== undefined;
  });
  const body = { question, answer: 'yes', by: 'ann' };
  expect((await baton.call('POST', `/runs/${id}/answers`, body)).status).toBeLessThan(300);
}

/** Named `here`, forked, answered, set back before the question, and answered again. */
async function wellUsed(): Promise<{ readonly id: string; readonly fork: string; readonly label: number }> {
  const { id } = await baton.start({ workflow: 'build' });
  await until(
    async () => (await list(id)).length > 0 && (await baton.items(`/questions?run=${id}`)).length > 0,
  );
  await baton.call('POST', `/runs/${id}/checkpoints`, { label: 'here' });
  const label = (await list(id))[0]?.number ?? 0;
  const forked = await baton.call<Run>('POST', `/runs/${id}/forks`, { checkpoint: 'here' });
  expect(forked.status).toBe(201);
  await baton.call('POST', `/runs/${id}/checkpoints`, { label: 'there' });
  await answer(id);
  await baton.finished(id);
  expect((await baton.call('POST', `/runs/${id}/restore`, { checkpoint: 1 })).status).toBeLessThan(300);
  await until(async () => (await baton.run(id)).epoch === 1);
  await answer(id);
  await baton.finished(id);
  await answer(forked.body.id);
  await baton.finished(forked.body.id);
  return { id, fork: forked.body.id, label };
}

describe('checkpoints of a run that was forked and set back', () => {
  let id = '';
  let fork = '';
  let label = 0;
  let before: readonly Checkpoint[] = [];
  beforeAll(async () => {
    ({ id, fork, label } = await wellUsed());
    before = await list(id);
  });

  test('go but for those that are needed, which are told with the reason, as the dry run said', async () => {
    const wanted = { keep: 1, keep_labelled: false };
    const foretold = await prune(id, { ...wanted, dry_run: true });
    expect(await list(id)).toEqual(before);
    const { status, body } = await prune(id, wanted);
    expect({ status, body }).toEqual({ status: 200, body: { ...foretold.body, dry_run: false } });
    expect(body.kept.needed).toEqual([
      { number: label, label: 'here', reason: 'forked' },
      { number: 1, label: null, reason: 'branch' },
    ]);
    expect(body.pruned.checkpoints + body.kept.checkpoints).toBe(before.length);
    // The end of the first epoch held a state; the rest are pointers.
    expect(body.pruned.bytes).toBeGreaterThan(300);
    expect(await numbers(id)).toEqual([before[0]?.number, label, 1]);
    expect((await prune(id, wanted)).body.pruned).toEqual({ checkpoints: 0, numbers: [], bytes: 0 });
  });

  test('do not come again by a rebuild, an archive or two who are at it at once; the tables are right', async () => {
    const left = await list(id);
    await verified(id);
    await Promise.all([rebuildRun(baton.database, id), prune(id, { keep: 1 }), prune(id, { keep: 1 })]);
    expect(await list(id)).toEqual(left);
    await verified(id);
    const to = temporaryHome();
    const archived = await archiveRuns(baton.database, { olderThanMs: 0, to, dryRun: false });
    expect(archived.runs).toContain(fork);
    const whole = await archiveRuns(baton.database, { olderThanMs: 0, to, dryRun: false });
    expect(whole.runs).toContain(id);
    expect(await prune<Problem>(id, { keep: 1 })).toMatchObject({
      status: 409,
      body: { code: 'run_archived' },
    });
    for (const { file } of [...archived.files, ...whole.files])
      await importArchive(baton.database, file, false);
    expect(await list(id)).toEqual(left);
    await verified(id);
    await verified(fork);
  });

  test('are told to be pruned, by number and by label, where somebody wants one of them', async () => {
    for (const name of ['3', 'there']) {
      const path = `/runs/${id}/checkpoints/${name}`;
      expect(await baton.call<Problem>('GET', path)).toMatchObject({
        status: 409,
        body: { code: 'checkpoint_pruned', detail: expect.stringContaining('was pruned') },
      });
      for (const way of ['restore', 'forks']) {
        expect(await baton.call('POST', `/runs/${id}/${way}`, { checkpoint: name })).toMatchObject({
          status: 409,
          body: { code: 'checkpoint_pruned' },
        });
      }
    }
    const newest = before[0]?.number ?? 0;
    const { body } = await baton.call<CheckpointDetail>('GET', `/runs/${id}/checkpoints/${newest}`);
    expect(body).toMatchObject({ parent: newest - 1, changes: { since: 1 } });
    expect(body.changes.steps.map(({ key }) => key)).toContain('ship');
  });

  test('that are back in the table are found by verify', async () => {
    await baton.database.query(
      sql`insert into workflow_checkpoints (run_id, epoch, execution_id, event_id, kind, interpreter, number, created_at)
          select run_id, 0, execution_id, event_id, 'task', 3, number, now() from pruned_checkpoints
          where run_id = ${id} and number = 3`,
    );
    expect(await verifyRun(baton.database, id)).toMatchObject({
      ok: false,
      differences: [{ table: 'workflow_checkpoints', expected: null }],
    });
    await rebuildRun(baton.database, id);
    await verified(id);
  });

  test('can be gone back to, as far as they are there', async () => {
    expect((await baton.call('POST', `/runs/${id}/restore`, { checkpoint: 'here' })).status).toBeLessThan(
      300,
    );
    await until(async () => (await baton.run(id)).epoch === 2);
    await answer(id);
    await baton.finished(id);
    await verified(id);
  });
});

describe('the command line', () => {
  const cli = (...args: string[]) => runCommand({ BATON_URL: baton.url }, args);

  test('prunes one run or all of a workflow, and says what it would do', async () => {
    const { id } = await wellUsed();
    const count = (await list(id)).length;
    const dry = await cli('prune', id, '--keep', '2', '--dry-run');
    expect(dry.out).toMatch(/^.*: \d checkpoints would be pruned \(.*\), \d kept$/m);
    expect(dry.out).toContain('"here" stays: a fork began at it');
    expect(await list(id)).toHaveLength(count);
    const done = await cli('prune', '--workflow', 'build', '--keep', '2', '--no-keep-labelled', '-o', 'json');
    const told = JSON.parse(done.out) as CheckpointsPruned[];
    const own = told.find(({ run_id }) => run_id === id);
    expect(own?.pruned.checkpoints).toBeGreaterThan(2);
    expect(await numbers(id)).toHaveLength(count - (own?.pruned.checkpoints ?? 0));
    expect((await cli('prune', '--all', '--older-than', '1d')).out).toMatch(
      /^0 checkpoints of \d+ runs pruned/m,
    );
  });

  test.each([
    [[], 'say of what'],
    [['RUN', '--all', '--keep', '1'], 'say of what'],
    [['RUN'], 'say which may go'],
    [['RUN', '--keep', '0'], 'whole number from 1'],
    [['RUN', '--older-than', 'soon'], 'write a duration'],
  ])('prune %j is refused: %s', async (args, why) => {
    const refused = await cli('prune', ...args);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain(why);
  });
});

test('what is asked without a bound is refused with its place', async () => {
  expect(await prune<Problem>('nobody', {})).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'body.keep' }] },
  });
  expect(await prune<Problem>('nobody', { keep: 1 })).toMatchObject({
    status: 404,
    body: { code: 'run_not_found' },
  });
});
