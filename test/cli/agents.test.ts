/** The commands for agents against a real API; the projector's part is played by SQL. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { storeBlob } from '../../src/database/blobs.ts';
import { sql } from '../../src/database/sql.ts';
import {
  projectEvent,
  projectQuestion,
  projectRun,
  projectStep,
  startApi,
  type Api,
} from '../api/harness.ts';
import { afterFile } from '../support/after-file.ts';
import { runId } from '../support/index.ts';
import { runCommand, startCommand } from './run-command.ts';

const SESSION = 'ses_cli';
const RUN = runId('cli');
const AT = '2026-11-21T10:00:00Z';
const DAY = '── 2026-11-21, times in UTC ──\n';

let api: Api;
const home = mkdtempSync(join(tmpdir(), 'baton-cli-'));
afterFile(() => rmSync(home, { recursive: true, force: true }));

/** Too large for a page of the transcript. */
const LARGE = 'x'.repeat(1_500_000);

beforeAll(async () => {
  api = await startApi(50);
  const { database: db } = api;
  await projectRun(db, RUN);
  await projectStep(db, RUN, 'code', { status: 'running', sessionId: SESSION });
  await projectStep(db, RUN, 'ask', { status: 'waiting', position: 1 });
  const segments = [{ segment: 1, max_turns: 30, turns: 2, total_tokens: 24, cost_estimate: null }];
  await db.query(sql`
    update workflow_step_executions set turns = 2, total_tokens = 24, segments = ${JSON.stringify(segments)}::jsonb
    where run_id = ${RUN} and key = 'code'`);
  const needs = [{ step: 'ask', kind: 'ask', message: 'asks: Shall it?' }];
  await db.query(sql`
    update workflow_runs set needs = ${JSON.stringify(needs)}::jsonb, turns = 2, total_tokens = 24, last_seq = 3
    where id = ${RUN}`);
  await db.query(sql`
    insert into llm_calls (run_id, step, epoch, attempt, turn, segment, status, provider, requested_model, model,
                           input_tokens, output_tokens, total_tokens, cost_estimate, duration_ms, started_at)
    values (${RUN}, 'code', 0, 1, 1, 1, 'completed', 'openai', 'gpt', 'gpt-1', 10, 2, 12, 1500, 1300, ${AT}),
           (${RUN}, 'code', 0, 1, 2, 1, 'completed', 'openai', 'gpt', 'gpt-1', 10, 2, 12, null, 1300, ${AT})`);
  const file = { ref: await storeBlob(db, JSON.stringify(LARGE)) };
  const results = { results: [{ call: 'c', name: 'read_file', output: file, isError: false }] };
  await db.query(sql`
    insert into session_messages (hash, session_id, parent, depth, role, content)
    values ('h0', ${SESSION}, null, 0, 'setup', '{"agent": "code", "system": "Be brief.", "tools": []}'),
           ('h1', ${SESSION}, 'h0', 1, 'user', '{"text": "Do it.", "source": "prompt", "by": null}'),
           ('h2', ${SESSION}, 'h1', 2, 'assistant', '{"text": "", "provider": "openai", "model": "gpt-1",
             "calls": [{"id": "c", "name": "read_file", "input": {"path": "a.ts"}}], "native": null}'),
           ('h3', ${SESSION}, 'h2', 3, 'tool', '{"results": [{"call": "c", "name": "read_file",
             "output": {"value": "const a = 1"}, "isError": false}]}'),
           ('h4', ${SESSION}, 'h3', 4, 'tool', ${JSON.stringify(results)}::jsonb)`);
  await db.query(sql`
    insert into workflow_messages (run_id, seq, message_type, action_status, content, step, agent, created_at,
                                   updated_seq)
    values (${RUN}, 1, 'agent', 'processed', 'Reading file: a.ts (11 bytes)', 'code', 'code', ${AT}, 1),
           (${RUN}, 2, 'system', 'processed', '24 of 30 turns used', 'code', null, ${AT}, 2)`);
  await db.query(sql`
    insert into workflow_events (run_id, seq, type, step, data, caused_by, at, execution_id, event_id)
    values (${RUN}, 1, 'workflow_start', null, '{}', null, ${AT}, 'e', 1),
           (${RUN}, 2, 'llm_complete', 'code', '{}', 1, ${AT}, 'e', 2),
           (${RUN}, 3, 'tool_call', 'code', ${JSON.stringify({ preview: 'x', input: file })}::jsonb, 2, ${AT}, 'e', 3)`);
});

const environment = () => ({
  BATON_URL: api.url,
  BATON_HOME: home,
  DATABASE_URL: String(api.database.options.connectionString),
});
const baton = (...args: string[]) => runCommand(environment(), args);
const batonProcess = (...args: string[]) => startCommand(environment(), args).ended;

const done = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await baton(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
};
const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await done(...args, '-o', 'json')) as T;

describe('a run with an agent', () => {
  test('status shows turns, tokens and what the run needs', async () => {
    const text = await done('status', RUN);
    expect(text).toMatch(/code .*turn 2 of 30, 24 tokens, cost unknown/);
    expect(text).toContain(`! ask: asks: Shall it?: baton answer ${RUN}`);
  });

  test('calls have their figures and sums', async () => {
    const text = await done('calls', RUN);
    expect(text).toMatch(/code#1\/1 +completed +openai\/gpt-1 +10 +2 +\$0\.0015/);
    expect(text).toContain(
      '2 calls: 20 tokens in (0 cached), 4 out, 24 in all; $0.0015 and 1 call of unknown cost',
    );
    const { items, totals } = await json<{ items: unknown[]; totals: { calls: number } }>('calls', RUN);
    expect([items.length, totals.calls]).toEqual([2, 2]);
    expect(await done('calls', RUN, '--step', 'ask')).toBe('no model was called\n');
  });

  test('the transcript is what was said', async () => {
    const text = await done('transcript', RUN, 'code');
    for (const part of ['Be brief.', 'Do it.', '→ read_file {"path":"a.ts"}', '← read_file: const a = 1']) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(
      /← read_file: x{2000}… \[\d+ more characters: full=1\]… \[1500002 bytes: --full, or GET/,
    );
    expect(await done('transcript', RUN, 'code', '--full')).toContain(`← read_file: ${LARGE}\n`);
    const missing = await baton('transcript', RUN, 'nobody');
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('it has code, ask') });
  });

  test('the thread is in words, and by who speaks', async () => {
    expect(await done('thread', RUN)).toBe(
      `${DAY}10:00:00  code/code  Reading file: a.ts (11 bytes)\n10:00:00  baton/code  24 of 30 turns used\n`,
    );
    expect(await done('thread', RUN, '--type', 'system')).not.toContain('Reading');
  });

  test('the thread goes on until the run has ended', async () => {
    const id = runId('thread');
    const { database: db } = api;
    await projectRun(db, id);
    await projectEvent(db, id, 1, 'workflow_start');
    const following = done('thread', id, '--follow');
    await db.query(sql`
      insert into workflow_messages (run_id, seq, message_type, action_status, content, agent, created_at, updated_seq)
      values (${id}, 1, 'agent', 'processed', 'Build verification: PASSED', 'code', ${AT}, 1)`);
    await projectEvent(db, id, 2, 'complete');
    await projectRun(db, id, { status: 'completed' });
    expect(await following).toBe(`${DAY}10:00:00  code  Build verification: PASSED\n`);
  });

  test('events are filtered, and have causes', async () => {
    const events = await done('events', RUN, '--type', 'llm_complete,tool_call', '--step', 'code');
    expect(events.split('\n').map((line) => line.trim().split(' ')[0])).toEqual(['2', '3', '']);
    expect(await done('events', RUN, '--type', 'tool_call', '--full')).toContain(
      `"preview":"${'x'.repeat(7_999)}"`,
    );
    expect((await done('causes', RUN, '3')).match(/workflow_start|llm_complete|tool_call/g)).toEqual([
      'tool_call',
      'llm_complete',
      'workflow_start',
    ]);
    expect(await baton('causes', RUN, '99')).toMatchObject({ code: 2 });
  });

  test('is compared with a script', async () => {
    const file = join(home, 'script.yaml');
    const turns = (count: number) =>
      `script: 1\ncalls:\n  - { workflow: other, step: x, reply: no }\n  - step: code\n    turns:\n${'      - { reply: ok }\n'.repeat(count)}`;
    writeFileSync(file, turns(2));
    expect(await json('script', 'check', file, RUN)).toEqual({ ok: true, unconsumed: [], unexpected: [] });
    writeFileSync(file, turns(1));
    const less = await baton('script', 'check', file, RUN);
    expect(less).toMatchObject({ code: 1, out: 'not in the script: w/code#1/2\n' });
    writeFileSync(file, turns(3));
    expect(await baton('script', 'check', file, RUN)).toMatchObject({
      code: 1,
      out: 'not used: */code#*/3\n',
    });
    writeFileSync(file, 'script: 2\n');
    expect(await baton('script', 'check', file, RUN)).toMatchObject({ code: 2 });
  });
});

describe('questions', () => {
  beforeAll(async () => {
    await api.temporal.workflow.start('w', { taskQueue: api.queue, workflowId: RUN, args: [{}] });
    const form = { type: 'object', required: ['branch'], properties: { branch: { type: 'string' } } };
    await projectQuestion(api.database, RUN, 'ask', { form });
  });

  test('are listed, and answered by whoever is asked', async () => {
    expect(await done('questions')).toContain(`answer: baton answer ${RUN} ask -f branch=…`);
    expect(await baton('questions', 'other-run')).toMatchObject({ code: 2 });
    const silent = await baton('answer', RUN);
    expect(silent).toMatchObject({ code: 2, err: expect.stringContaining('branch (string, required)') });
    const wrong = await baton('answer', RUN, '-f', 'twig=main');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('answer_invalid');
    expect(await done('answer', RUN, 'ask', '-f', 'branch=42', '--by', 'ann')).toContain('accepted');
    const { events } = await api.temporal.workflow.getHandle(RUN).fetchHistory();
    const signals = (events ?? []).flatMap(
      (event) => event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [],
    );
    const sent = signals.map(({ data }) => Buffer.from(data ?? []).toString());
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(/"answer":\{"branch":"42"\}/);
    expect(sent[0]).toMatch(/"by":"ann"/);
  });

  test('are told apart', async () => {
    await projectQuestion(api.database, RUN, 'other');
    const { code, err } = await baton('answer', RUN, 'yes');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/ask, other/) });
  });
});

describe('going on', () => {
  test('is refused with the reason', async () => {
    expect(await baton('continue', 'no-such-run')).toMatchObject({ code: 2 });
    expect(await baton('continue', RUN, '--turns', 'many')).toMatchObject({ code: 2 });
    const working = await batonProcess('continue', RUN, '--turns', '20', '-o', 'json');
    expect(working.code).toBe(1);
    expect(JSON.parse(working.err)).toMatchObject({ code: 'run_still_working' });
  });
});

describe('baton maintain', () => {
  test('works on the database', async () => {
    await api.database.query(sql`update workflow_runs set completed_at = now() where status = 'completed'`);
    const done = await json<{ growth: { runs: object }; archived: object; pruned: object }>(
      ...['maintain', '--report', '--prune', '--reindex', '--to', join(home, 'archive'), '--dry-run'],
    );
    expect(done.growth.runs).toEqual({ open: 1, ended: 1, archived: 0 });
    expect(done.archived).toEqual({ files: [], runs: [], moved: [] });
    expect(await baton('maintain')).toMatchObject({ code: 2 });
    const missing = await baton('maintain', '--import', join(home, 'none.gz'));
    expect(missing).toMatchObject({
      code: 1,
      err: expect.stringContaining('none.gz is not a whole archive'),
    });
    writeFileSync(join(home, 'file'), '');
    const ended = runId('ended');
    await projectRun(api.database, ended, { status: 'completed' });
    await api.database.query(
      sql`update workflow_runs set completed_at = now() - interval '1 day' where id = ${ended}`,
    );
    const unwritable = await baton('maintain', '--to', join(home, 'file'), '--older-than', '1m');
    expect(unwritable).toMatchObject({ code: 1, err: expect.stringContaining('cannot write to') });
  });
});
