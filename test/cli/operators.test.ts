/** What operators ask at night, against a real API; the projector's part is played by SQL. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { RunNow } from '../../src/contract/run.ts';
import { sql } from '../../src/database/sql.ts';
import { projectQuestion, projectRun, projectStep, startApi, type Api } from '../api/harness.ts';
import { afterFile } from '../support/after-file.ts';
import { runId } from '../support/index.ts';
import { runCommand } from './run-command.ts';

const home = mkdtempSync(join(tmpdir(), 'baton-operators-'));
afterFile(() => rmSync(home, { recursive: true, force: true }));

const MINE = `night-${runId('x')}`;
const id = (name: string): string => `${MINE}-${name}`;
let api: Api;

beforeAll(async () => {
  api = await startApi(50);
  const { database: db } = api;
  // In hours: what is said of them stays the same for as long as these tests may take.
  const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
  const open = async (name: string, hours: number): Promise<void> => {
    await projectRun(db, id(name), { workflow: 'night', createdAt: ago(hours), executionId: id(name) });
    await projectStep(db, id(name), 'first', { status: 'completed' });
    await projectStep(db, id(name), 'work', { status: 'running', position: 1 });
  };
  await open('works', 1);
  await open('asks', 2);
  await projectQuestion(db, id('asks'), 'q1', {
    kind: 'approval',
    step: 'work',
    call: {
      id: 'c',
      name: 'run_command',
      input: { value: { command: ['rm', '-rf', 'x'] } },
      preview: '{"command":…}',
    },
  });
  await db.query(sql`
    update workflow_questions set approvers = '{ann,bob}', expires_at = now() + interval '10 minutes'
    where run_id = ${id('asks')}`);
  await open('retries', 3);
  await db.query(sql`
    update workflow_step_executions set status = 'retrying', attempt = 4,
      error = '{"type": "model_rate_limited", "category": "TASK_ERROR", "message": "slow down", "attempt": 4}'
    where run_id = ${id('retries')} and key = 'work'`);
  await db.query(sql`
    insert into workflow_events (run_id, seq, type, step, data, at, execution_id, event_id)
    values (${id('retries')}, 1, 'error', 'work', '{"will_retry": true, "delay_ms": 1000}', now() - interval '1 hour', 'e', 1),
           (${id('retries')}, 2, 'error', 'work', '{"will_retry": true, "delay_ms": 3000000}', now(), 'e', 2)`);
  await open('lacks', 4);
  await db.query(sql`
    insert into workflow_processes (run_id, step, activity_id, state, attempt, waiting_for, observed_at)
    values (${id('lacks')}, 'work', 'work#1', 'scheduled', 1, 'a worker for capability gpu (task queue gpu)', now())`);
  await open('paused', 5);
  await db.query(sql`
    update workflow_runs set is_paused = true, status = 'paused', pause_reason = 'lunch', pause_requested_at = now(),
      pause = ${JSON.stringify({ mode: 'now', by: 'ann', busy: 1, drained: 1, ends_at: null, on_timeout: 'resume' })}::jsonb
    where id = ${id('paused')}`);
  await open('hangs', 6);
  await db.query(sql`
    insert into execution_stalls (run_id, execution_id, worker, expression)
    values (${id('hangs')}, ${id('hangs')}, 'w', 'a.all(b)'), (${id('hangs')}, ${id('hangs')}, 'w', null)`);
  await open('held', 6.5);
  const hold = { by: 'ops', reason: 'look', since: '2026-11-21T10:00:00Z' };
  await db.query(sql`
    update workflow_runs set temporal_pause = ${JSON.stringify(hold)}::jsonb where id = ${id('held')}`);
  await open('limited', 7);
  const needs = [
    { step: 'work', kind: 'limit', message: 'used up; go on with POST /x {"a": 1} or: baton continue it' },
  ];
  await db.query(sql`
    update workflow_runs set status = 'failed', completed_at = now(), needs = ${JSON.stringify(needs)}::jsonb,
      metadata = '{"started_by": "ann"}' where id = ${id('limited')}`);
  await projectRun(db, id('old'), { workflow: 'night', status: 'completed', createdAt: ago(3 * 24) });
});

const baton = (...args: string[]) => runCommand({ BATON_URL: api.url, BATON_HOME: home, TZ: 'UTC' }, args);
const done = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await baton(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
};
const names = async (...args: string[]): Promise<string[]> => {
  const { items } = JSON.parse(await done('list', '--workflow', 'night', ...args, '-o', 'json')) as {
    items: { id: string }[];
  };
  return items.map((run) => run.id.slice(MINE.length + 1));
};

describe('a list', () => {
  test('says who waits for whom', async () => {
    const lines = (await done('list', '--workflow', 'night')).split('\n');
    const of = (name: string): string => lines.find((line) => line.startsWith(`${id(name)} `)) ?? '';
    expect(of('works')).toMatch(/running .* 1 h .*1\/2, at work$/);
    expect(of('asks')).toMatch(
      /work: asks ann or bob for a yes: run_command \{"command":…\}, expires in \d+ (min|s) · 1\/2$/,
    );
    expect(of('retries')).toMatch(/work: retrying ×4, next in \d+ (?:min|s) \(slow down\) · 1\/2$/);
    expect(of('lacks')).toMatch(/work: no worker for capability gpu \(task queue gpu\) · 1\/2$/);
    expect(of('paused')).toMatch(/paused .*paused by ann: lunch · 1\/2$/);
    expect(of('hangs')).toMatch(
      /hangs: stopped a worker 2 times within the hour, at a\.all\(b\) · 1\/2, at work$/,
    );
    expect(of('held')).toMatch(/running .*paused in Temporal by ops: look; clocks go on · 1\/2, at work$/);
    expect(of('limited')).toMatch(/failed .*work: needs more: used up; go on with: baton continue it$/);
    expect(of('old')).toMatch(/completed .* 3 d *$/);
  });

  test('is chosen by what runs wait for, and by time', async () => {
    expect(await names('--waiting')).toEqual([
      'asks',
      'retries',
      'lacks',
      'paused',
      'hangs',
      'held',
      'limited',
    ]);
    expect(await names('--waiting', 'me')).toEqual(['asks', 'limited']);
    expect(await names('--waiting', 'worker,hang')).toEqual(['lacks', 'hangs']);
    expect(await names('--waiting', 'temporal_pause')).toEqual(['held']);
    expect(await names('--status', 'open', '--waiting', 'limit')).toEqual([]);
    expect(await names('--status', 'ended')).toEqual(['limited', 'old']);
    expect(await names('--since', '150m')).toEqual(['works', 'asks']);
    expect(await names('--until', '2 days ago')).toEqual(['old']);
  });

  test('goes on page by page with what it tells of each', async () => {
    const first = await api.get<{ items: unknown[]; next_cursor: string }>(
      '/runs?workflow=night&waiting=any&limit=4',
    );
    const next = await api.get<{ items: unknown[]; next_cursor: null }>(
      `/runs?workflow=night&waiting=any&limit=4&cursor=${first.body.next_cursor}`,
    );
    const runs = [...first.body.items, ...next.body.items].map((item) => RunNow.parse(item));
    expect(runs.map((run) => run.waiting_for.map(({ kind }) => kind))).toEqual([
      ['question'],
      ['retry'],
      ['worker'],
      ['pause'],
      ['hang'],
      ['temporal_pause'],
      ['limit'],
    ]);
    expect(runs[0]).toMatchObject({ progress: { total: 2, settled: 1, active: 1, current: ['work'] } });
    const one = await api.get<RunNow>(`/runs/${id('retries')}`);
    expect(one.body).toMatchObject({ waiting_for: runs[1]?.waiting_for, progress: runs[1]?.progress });
    expect((await api.get<RunNow>(`/runs/${id('old')}`)).body).toMatchObject({
      waiting_for: [],
      progress: null,
    });
    const steps = await api.get<{ items: { retry_at: string | null }[] }>(`/runs/${id('retries')}/steps`);
    expect(steps.body.items.map((step) => step.retry_at)).toEqual([null, one.body.waiting_for[0]?.until]);
  });

  test.each([
    [['--limit', '1000'], '--limit 1000: must be a whole number from 1 to 200'],
    [['--limit', 'many'], '--limit many: must be a whole number'],
    [['--status', 'broken'], '--status broken: must be one of pending, running'],
    [['--waiting', 'godot'], '--waiting godot: must be one of question'],
    [['--since', 'soon'], '--since soon: is no point in time; write 1h,'],
    [['--label', 'team'], '--label team: write --label key=value'],
    [['--cursor', 'abc'], '--cursor: The cursor was not made by this list'],
  ])('%j is refused in words of its own', async (args, message) => {
    const { code, err } = await baton('list', ...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
    expect(err).not.toMatch(/query|body|JSON/);
  });
});

describe('a run', () => {
  test('is meant by the beginning of its id, in every command', async () => {
    expect(await done('status', id('ask'))).toContain(
      `baton answer ${id('asks')} q1 --approve (or --reject)`,
    );
    expect(await done('questions', id('ask'))).toContain('command: ["rm","-rf","x"]');
    for (const command of ['calls', 'events', 'thread']) expect(await done(command, id('wo'))).toBeDefined();
    expect(await done('status', '@latest:night')).toContain(id('works'));
    const several = await baton('status', MINE);
    expect(several).toMatchObject({ code: 2, err: expect.stringContaining(`\n  ${id('works')}  running`) });
    expect(await baton('cancel', `${MINE}-none`)).toMatchObject({
      code: 2,
      err: expect.stringContaining('whose id begins so; baton list shows them'),
    });
    // What SQL takes for any character is a character.
    expect(await baton('status', `${MINE.slice(0, 4)}%`)).toMatchObject({ code: 2 });
  });

  test('says who waits, since when, and with which command it goes on', async () => {
    const asked = await done('questions', id('asks'));
    expect(asked).toMatch(/^q1 {2}approval of step work, run /);
    expect(asked).toMatch(/asked \d+ d ago \(2026-11-21 10:00:00 UTC\), expires in \d+ (min|s) \(/);
    expect(asked).toContain('may answer: ann, bob');
    const limited = await done('status', id('limited'));
    expect(limited).toMatch(/created {2}.* UTC by ann \(7 h ago\)/);
    expect(limited).toContain('! work: used up; go on with: baton continue it');
    expect(await done('status', id('retries'))).toMatch(/↻ +work .*retrying ×\d, next in \d+ (?:min|s)/);
  });

  test('that has ended is not cancelled, and says how it ended', async () => {
    await api.database.query(sql`update workflow_runs set completed_at = now() where id = ${id('old')}`);
    await api.temporal.workflow.start('w', { taskQueue: api.queue, workflowId: id('old'), args: [{}] });
    const refused = await baton('cancel', id('old'));
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringMatching(/old has ended: completed.*There is nothing to cancel \[run_closed\]$/),
    });
  });

  test('tells what a cancel did', async () => {
    const run = { taskQueue: api.queue, workflowId: id('works'), args: [{}] };
    await api.temporal.workflow.start('w', run);
    const { out, notes } = await baton('cancel', id('works'), 'enough', '--by', 'ann');
    // Nobody serves it here, so that the command waits.
    expect(out).toBe(`${id('works')} takes the cancel as soon as it can: baton thread ${id('works')}\n`);
    expect(notes).toContain(`next: baton watch ${id('works')}`);
  });
});
