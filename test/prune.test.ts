/** What is pruned of real runs stays away, and what is needed stays. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Checkpoint, CheckpointDetail, CheckpointsPruned } from '../src/contract/checkpoint.ts';
import type { Problem } from '../src/contract/problem.ts';
import type { Question } from '../src/contract/question.ts';
import type { Run } from '../src/contract/run.ts';
import { openDatabase } from '../src/database/database.ts';
import { sql } from '../src/database/sql.ts';
import {
  applyRetention,
  archiveRuns,
  exclusively,
  importArchive,
  keepSchedule,
  maintainWhenDue,
  pruneAudit,
} from '../src/maintenance/index.ts';
import { createLogger } from '../src/log/log.ts';
import { rebuildRun, rebuildWithin, verifyRun } from '../src/projections/index.ts';
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
      await importArchive(baton.database, file, false, rebuildWithin);
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

describe('retention', () => {
  const DAY_MS = 86_400_000;
  beforeAll(() =>
    baton.publish(`
name: short-lived
version: 1.0.0
retention: 2d
steps:
  - { key: ask, ask: "Go on?" }
`),
  );

  async function ended(days: number): Promise<string> {
    const { id } = await baton.start({ workflow: 'short-lived', version: '1.0.0' });
    await answer(id);
    await baton.finished(id);
    await endedAgo(id, days);
    return id;
  }
  const endedAgo = (id: string, days: number) =>
    baton.database.query(
      sql`update workflow_runs set completed_at = now() - make_interval(days => ${days}) where id = ${id}`,
    );
  const due = async () =>
    (await applyRetention(baton.database, { to: null, dryRun: true })).runs.map((one) => one.run);
  const details = async (id: string) => {
    const { rows } = await baton.database.query<{ count: number }>(sql`
      select count(*) as count from history_events join executions using (execution_id) where run_id = ${id}`);
    return rows[0]?.count;
  };

  test('takes what has ended longer ago than the version it ran with keeps it, and nothing else', async () => {
    const [old, young, open] = [
      await ended(3),
      await ended(1),
      (await baton.start({ workflow: 'short-lived', version: '1.0.0' })).id,
    ];
    await endedAgo(open, 30);
    const forever = (await baton.start({ workflow: 'build' })).id;
    await answer(forever);
    await baton.finished(forever);
    await endedAgo(forever, 3_000);
    // What is published since counts for the runs since then.
    await baton.publish(
      'name: short-lived\nversion: 2.0.0\nretention: 1h\nsteps: [{ key: a, transform: { v: 1 } }]',
    );
    expect(await due()).toEqual([old]);
    const told = await applyRetention(baton.database, { to: null, dryRun: true });
    expect(told).toMatchObject({
      runs: [{ run: old, workflow: 'short-lived', version: '1.0.0', retention_ms: 2 * DAY_MS }],
      discarded: true,
    });
    expect(await details(old)).toBeGreaterThan(0);

    expect(await applyRetention(baton.database, { to: null, dryRun: false })).toMatchObject({
      moved: [],
      files: [],
    });
    expect(await details(old)).toBe(0);
    expect(await baton.run(old)).toMatchObject({
      status: 'completed',
      archived_at: expect.any(String),
      discarded_at: expect.any(String),
    });
    expect(await details(young)).toBeGreaterThan(0);
    await expect(verifyRun(baton.database, old)).rejects.toThrow(/discarded/);
    expect(await baton.call('GET', `/runs/${old}/checkpoints/1`)).toMatchObject({
      status: 409,
      body: { code: 'run_archived', detail: expect.stringContaining('discarded') },
    });
    const status = await runCommand({ BATON_URL: baton.url }, ['status', old]);
    expect(status.out).toContain('were discarded');
    expect(await due()).toEqual([]);
  });

  test('leaves a run as long as a fork of it is here, and one with which somebody goes on', async () => {
    const parent = await ended(3);
    const { body: fork } = await baton.call<Run>('POST', `/runs/${parent}/forks`, { checkpoint: 1 });
    await baton.finished(fork.id);
    const told = await applyRetention(baton.database, { to: null, dryRun: false });
    expect(told.kept).toMatchObject([{ run: parent, forks: [fork.id] }]);
    expect(await details(parent)).toBeGreaterThan(0);
    await endedAgo(fork.id, 3);
    expect(await due()).toEqual([fork.id, parent]);
    // An epoch that somebody has taken, and that the tables do not show yet.
    await baton.database.query(
      sql`insert into run_epochs (run_id, epoch, action, detail) values (${fork.id}, 1, 'continue', '{}')`,
    );
    expect(await due()).toEqual([]);
    await baton.database.query(sql`delete from run_epochs where run_id = ${fork.id}`);

    const to = temporaryHome();
    const filed = await applyRetention(baton.database, { to, dryRun: false });
    expect(filed).toMatchObject({ runs: [{ run: fork.id }, { run: parent }], discarded: false, moved: [] });
    expect(await baton.run(parent)).toMatchObject({ archived_at: expect.any(String), discarded_at: null });
    for (const { file } of filed.files) await importArchive(baton.database, file, false, rebuildWithin);
    await verified(parent);
    await verified(fork.id);
  });

  test('is applied on the schedule by one of many, once while it is due; what fails is on record', async () => {
    const log = createLogger('test', 'silent');
    const { database } = baton;
    const schedule = { database, log, by: 'test', everyMs: DAY_MS, archive: null, auditMs: null };
    const record = async () =>
      (
        await database.query<{ outcome: string; detail: object }>(
          sql`select outcome, detail from maintenance_runs order by id`,
        )
      ).rows;
    const old = await ended(3);
    await exclusively(database, async () => expect(await maintainWhenDue(schedule)).toBe('busy'));
    const file = join(temporaryHome(), 'file');
    writeFileSync(file, '');
    const nowhere = join(file, 'archive');
    const unwritable = { ...schedule, archive: nowhere, auditMs: 1_000 * DAY_MS };
    expect(await maintainWhenDue(unwritable)).toBe('failed');
    expect(await record()).toEqual([
      {
        outcome: 'archive_unwritable',
        detail: { retention: { error: expect.stringContaining(nowhere) }, prune: expect.anything() },
      },
    ]);
    expect(await details(old)).toBeGreaterThan(0);
    expect(await maintainWhenDue(schedule)).toBe('not_due');
    await database.query(sql`update maintenance_runs set started_at = now() - interval '61 minutes'`);

    const both = await Promise.all([maintainWhenDue(schedule), maintainWhenDue(schedule)]);
    expect(both.filter((looked) => looked === 'done')).toHaveLength(1);
    expect(await details(old)).toBe(0);
    expect((await record()).at(-1)).toMatchObject({
      outcome: 'done',
      detail: { retention: { runs: 1, kept: 0, moved: 0, discarded: true }, prune: { sessions: 0 } },
    });
    await database.query(sql`update maintenance_runs set started_at = now() - interval '23 hours'`);
    expect(await maintainWhenDue(schedule)).toBe('not_due');
    const metrics = await (await fetch(`${baton.url}/metrics`)).text();
    expect(metrics).toMatch(/^baton_maintenance_done_timestamp_seconds \d/m);
    expect(metrics).toMatch(/^baton_maintenance_failures 0$/m);
    const { rows } = await database.query(
      sql`select action, outcome from audit_log where actor = 'schedule' order by id`,
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { action: 'retention', outcome: 'archive_unwritable' },
        { action: 'retention', outcome: 'accepted' },
      ]),
    );
  });

  test('a database that is away harms nobody, and a schedule that is stopped ends', async () => {
    const log = createLogger('test', 'silent');
    const away = openDatabase('postgres://x:y@127.0.0.1:1/none', { log, name: 'away' });
    const schedule = { database: away, log, by: 'test', everyMs: 10, archive: null, auditMs: null };
    expect(await maintainWhenDue(schedule)).toBe('failed');
    const stop = new AbortController();
    const kept = keepSchedule(schedule, stop.signal);
    stop.abort();
    await kept;
    await away.end();
  });

  test('the command line tells what would go and why', async () => {
    const old = await ended(3);
    const cli = (...args: string[]) => runCommand({ DATABASE_URL: baton.databaseUrl }, ['maintain', ...args]);
    const dry = await cli('--retention', '--dry-run');
    expect(dry.out).toMatch(/would be discarded: longer ended than the definition keeps them$/m);
    expect(dry.out).toMatch(new RegExp(`^  ${old} of short-lived@1.0.0: ended .*, kept for 2 d$`, 'm'));
    expect(await details(old)).toBeGreaterThan(0);
    expect((await cli('--retention')).code).toBe(0);
    expect(await details(old)).toBe(0);
    const { rows } = await baton.database.query(
      sql`select action from audit_log where route = 'baton maintain'`,
    );
    expect(rows).toHaveLength(1);
  });
});

test('entries of the audit log go by age, and all of them stay unless that is asked', async () => {
  const count = async () =>
    (await baton.database.query<{ count: number }>(sql`select count(*) as count from audit_log`)).rows[0]
      ?.count ?? 0;
  await baton.database.query(sql`
    insert into audit_log (actor, action, outcome, at)
    select 'ann', 'old', 'accepted', now() - interval '400 days' from generate_series(1, 12000)`);
  const all = await count();
  const cli = (...args: string[]) => runCommand({ DATABASE_URL: baton.databaseUrl }, ['maintain', ...args]);
  expect(await pruneAudit(baton.database, 365 * 86_400_000, true)).toEqual({ entries: 12_000 });
  expect(await count()).toBe(all);
  expect((await cli('--audit-older-than', '365d')).out).toContain('12000 entries of the audit log removed');
  // What tells of it stays.
  expect(await count()).toBe(all - 12_000 + 1);
  expect(await cli('--audit-older-than', 'long')).toMatchObject({ code: 2 });
});
