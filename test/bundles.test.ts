/** Runs of every kind as bundles: written, checked without a stack, brought into another installation, where they can be read. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkBundle, importBundle } from '../src/bundles/index.ts';
import type { InstallationKey } from '../src/contract/shared/installation-key.ts';
import type { Checkpoint } from '../src/contract/checkpoint.ts';
import type { Problem } from '../src/contract/problem.ts';
import type { Run } from '../src/contract/run.ts';
import type { Step } from '../src/contract/step.ts';
import type { Database } from '../src/database/database.ts';
import { findDefinition } from '../src/database/run-plans.ts';
import { sql } from '../src/database/sql.ts';
import { archiveRuns, importArchive } from '../src/maintenance/index.ts';
import { rebuildRun, rebuildWithin, verifyRun } from '../src/projections/index.ts';
import { registerExecutions } from '../src/projections/sql/register-executions.ts';
import { findVersion } from '../src/service/definitions/queries/find-version.ts';
import { ALL_TABLES } from '../src/tables/all-tables.ts';
import { startApi, type Api } from './api/harness.ts';
import { runCommand } from './cli/run-command.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton, type Baton } from './support/baton.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import { freshDatabase, until } from './support/index.ts';
import { talkTo } from './support/talk.ts';
import { temporaryHome } from './support/temporary-home.ts';
import { openTestDatabase } from './support/test-database.ts';

const vendor = await startFakeOpenAi({
  answer: ({ messages }) => {
    const last = messages.at(-1);
    if (last?.role === 'tool') return { reply: `Painted: ${String(last.content)}` };
    return { toolCalls: [{ id: 'c1', name: 'ask_user', arguments: { question: 'Which colour?' } }] };
  },
});
afterFile(() => vendor.stop());

const WORK = `name: work
version: 1.0.0
inputs: { text: { type: string, default: short } }
steps:
  - { key: large, transform: { all: "{{ text }}" } }
  - { key: end, transform: "large.result.all.size()", dependencies: [large] }
`;
const PAINT = `name: paint
version: 1.0.0
steps:
  - { key: paint, agent: code, prompt: Paint the house, tools: [ask_user] }
  - { key: after, transform: "'done'", dependencies: [paint] }
`;
const GATE = `name: gate
version: 1.0.0
steps:
  - { key: ask, ask: { prompt: "Go?", approval: true } }
  - { key: ship, transform: "'shipped'", dependencies: [ask] }
`;

let baton: Baton;
/** Another installation: no projector, and nothing but what is imported. */
let other: Api;
const folder = temporaryHome();

beforeAll(async () => {
  baton = await startBaton({ BATON_COMPATIBLE_BASE_URL: vendor.url, BATON_MODEL: 'compatible/gpt-5.4' });
  other = await startApi(50);
  for (const text of [WORK, PAINT, GATE]) await baton.publish(text);
});

const say = (id: string, content: string, more: object) => talkTo(baton, id).tell(content, more);
const asked = (id: string) =>
  until(async () => (await baton.items(`/runs/${id}/questions?status=open`)).length === 1);

/** Its result is stored aside. */
async function ended(): Promise<string> {
  const { id } = await baton.start({ workflow: 'work', inputs: { text: 'ä\u2028"\\n'.repeat(30_000) } });
  expect((await baton.finished(id)).status).toBe('completed');
  return id;
}

async function waiting(): Promise<string> {
  const { id } = await baton.start({ workflow: 'gate', inputs: {} });
  await asked(id);
  return id;
}

/** An agent has asked, and was told something beside. */
async function talked(): Promise<string> {
  const { id } = await baton.start({ workflow: 'paint', inputs: {}, labels: { team: 'a' }, by: 'ada' });
  await asked(id);
  await say(id, 'Mind the windows.', { by: 'bob' });
  await say(id, 'blue', { action_type: 'answer' });
  expect((await baton.finished(id)).status).toBe('completed');
  return id;
}

async function edited(): Promise<string> {
  const id = await waiting();
  const step = { key: 'test', transform: "'tested'" };
  const edits = [{ op: 'INSERT', step, after: 'ask', before: 'ship', rewire: true }];
  expect((await baton.call('POST', `/runs/${id}/edits`, { edits, by: 'ann' })).status).toBe(200);
  await say(id, 'yes', { action_type: 'answer', metadata: { decision: 'approve' } });
  expect((await baton.finished(id)).status).toBe('completed');
  return id;
}

async function restored(): Promise<string> {
  const id = await ended();
  const body = { checkpoint: '1', reason: 'once more' };
  expect((await baton.call('POST', `/runs/${id}/restore`, body)).status).toBeLessThan(300);
  await until(async () => (await baton.run(id)).epoch === 1);
  await baton.finished(id);
  return id;
}

async function forked(): Promise<string> {
  const id = await talked();
  const { number } = (await baton.items<Checkpoint>(`/runs/${id}/checkpoints`))[1]!;
  const { status, body } = await baton.call<Run>('POST', `/runs/${id}/forks`, { checkpoint: number });
  expect([status, body.lineage.forked_from]).toEqual([201, { run: id, checkpoint: number }]);
  await baton.finished(body.id);
  return body.id;
}

/** The bundle of a run, as a file. */
async function exported(id: string, name = id): Promise<string> {
  const response = await fetch(`${baton.url}/api/v1/runs/${id}/bundle`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/gzip']);
  const file = join(folder, `${name}.baton.gz`);
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  return file;
}

const fingerprint = async () => (await baton.call<InstallationKey>('GET', '/key')).body;
const LISTS = ['steps', 'events', 'messages', 'calls', 'questions', 'checkpoints', 'edits'];

type Members = Record<string, unknown>;

/** What every way to read a run answers. */
async function readings(url: string, id: string): Promise<Members> {
  const get = async (path: string): Promise<Members> => {
    const { request_id: _, ...body } = (await (await fetch(`${url}/api/v1${path}`)).json()) as Members;
    return body;
  };
  // Which other runs were forked from it is not the run's own.
  const { imported: _, forks: __, ...run } = await get(`/runs/${id}`);
  const lists: Members = {};
  for (const list of LISTS) lists[list] = await get(`/runs/${id}/${list}?limit=200`);
  const { items } = lists['steps'] as { readonly items: readonly Step[] };
  const sessions = items.flatMap(({ session_id: session }) => session ?? []);
  return {
    run,
    ...lists,
    definition: await get(`/runs/${id}/definition`),
    output: await get(`/runs/${id}/output`).catch(() => 'a text'),
    state: await get(`/runs/${id}/state?at=${Math.ceil(Number(run['last_seq']) / 2)}`),
    transcripts: await Promise.all(sessions.map((session) => get(`/sessions/${session}/messages?limit=200`))),
  };
}

describe.each([
  ['that has ended, with a large value', ended],
  ['with an agent, its session and people', talked],
  ['that was edited', edited],
  ['that was restored', restored],
  ['that was forked', forked],
  ['that is open', waiting],
])('a run %s', (_, make) => {
  test('travels whole', async () => {
    const id = await make();
    const file = await exported(id);
    const { fingerprint: origin } = await fingerprint();
    const report = await checkBundle(file, { fingerprint: origin });
    expect(report).toMatchObject({
      ...{ faults: [], ok: true, run_id: id, compared: true, diverged: null, absent_blobs: [] },
      key: { fingerprint: origin, pinned: true },
    });
    const bring = () => importBundle(other.database, file, { by: 'ada' });
    expect(await bring()).toEqual({ run_id: id, origin, pinned: false, outcome: 'imported' });
    expect((await other.get<Run>(`/runs/${id}`)).body.imported).toMatchObject({ from: origin });
    expect(await readings(other.url, id)).toEqual(await readings(baton.url, id));
    expect(await verifyRun(other.database, id)).toMatchObject({ ok: true });
    await rebuildRun(other.database, id);
    expect(await verifyRun(other.database, id)).toMatchObject({ ok: true });
    expect(await bring()).toMatchObject({ outcome: 'present' });
  });
});

describe('a bundle', () => {
  let id: string;
  let file: string;
  let empty: Database;
  beforeAll(async () => {
    id = await talked();
    file = await exported(id);
  });
  beforeEach(async () => {
    const database = openTestDatabase(await freshDatabase());
    empty = database;
    afterFile(() => database.end());
  });
  const bring = (database = empty, from = file) => importBundle(database, from, { by: null });
  const rowsIn = async (database: Database) => {
    const counts = ALL_TABLES.map(({ name }) => `select '${name}' as name, count(*) as count from ${name}`);
    const { rows } = await database.query<{ name: string; count: number }>(counts.join(' union all '));
    return rows.filter(({ count }) => count > 0);
  };

  test('holds who did what, and neither addresses nor programs of people', async () => {
    const lines = gunzipSync(readFileSync(file)).toString().split('\n');
    const rows = lines.filter((line) => line.includes('"table":"audit_log"'));
    expect(rows.join('\n')).toMatch(/"action":"start".*"run_id"/);
    expect(rows.join('\n')).not.toMatch(/127\.0\.0\.1|user_agent/);
    expect(rows.length).toBeGreaterThan(2);
  });

  test('brings nothing where a run of that id is, nor another bundle of the same run', async () => {
    await expect(bring(baton.database)).rejects.toMatchObject({ code: 'run_exists' });
    expect((await bring()).outcome).toBe('imported');
    const later = await exported(id, 'later');
    await expect(bring(empty, later)).rejects.toMatchObject({ code: 'bundle_differs' });
    expect((await bring()).outcome).toBe('present');
  });

  test('leaves nothing behind where it is refused', async () => {
    const text = gunzipSync(readFileSync(file)).toString();
    const changed = join(folder, 'changed.gz');
    writeFileSync(changed, gzipSync(text.replace('Mind the windows', 'Mind the Windows')));
    await expect(bring(empty, changed)).rejects.toMatchObject({
      code: 'bundle_invalid',
      details: [{ code: 'line_changed' }],
    });
    // Its events are those of another run here: they belong to that one.
    await empty.query(
      sql`insert into executions (execution_id, run_id, workflow_type, started_at)
          select execution_id, 'mine', workflow_type, started_at from json_populate_recordset(null::executions,
            ${JSON.stringify((await baton.database.query(sql`select * from executions where run_id = ${id}`)).rows)}::json)`,
    );
    const before = await rowsIn(empty);
    await expect(bring()).rejects.toMatchObject({ code: 'execution_exists' });
    expect(await rowsIn(empty)).toEqual(before);
  });

  test('brings no text that plans of this installation are read or compiled from', async () => {
    await bring();
    const { rows } = await empty.query<{ workflow: string; hash: string }>(
      sql`select workflow, hash from run_plans where run_id = ${id}`,
    );
    expect(rows).not.toEqual([]);
    for (const { workflow, hash } of rows) {
      expect((await empty.query(findDefinition(workflow, hash))).rows).toEqual([]);
      expect((await empty.query(findVersion(workflow, hash))).rows).toEqual([]);
    }
  });

  test('is imported once by two at once', async () => {
    const outcomes = await Promise.all([bring(), bring()]);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['imported', 'present']);
  });

  test('adds nothing to sessions of runs that are here', async () => {
    const { rows } = await baton.database.query<{ session_id: string }>(
      sql`select session_id from workflow_step_executions where run_id = ${id} and session_id is not null`,
    );
    const own = await importBundle(empty, await exported(await ended()), { by: null });
    await empty.query(sql`delete from imported_runs`);
    await empty.query(
      sql`update workflow_runs set session_id = ${rows[0]!.session_id} where id = ${own.run_id}`,
    );
    expect((await bring()).outcome).toBe('imported');
    expect((await rowsIn(empty)).map(({ name }) => name)).not.toContain('session_messages');
  });

  test('keeps executions of the same workflow id away from its run, and archives like any other', async () => {
    await bring();
    const found = { executionId: 'e', runId: id, workflowType: 'paint', startedAt: new Date().toISOString() };
    await empty.query(registerExecutions([found, { ...found, executionId: 'f', runId: 'mine' }]));
    const { rows } = await empty.query(sql`select run_id from executions where execution_id in ('e', 'f')`);
    expect(rows).toEqual([{ run_id: 'mine' }]);
    const { files, runs } = await archiveRuns(empty, {
      olderThanMs: 0,
      to: join(folder, 'archive'),
      dryRun: false,
    });
    expect(runs).toEqual([id]);
    expect(await importArchive(empty, files[0]!.file, false, rebuildWithin)).toMatchObject({ runs: [id] });
    expect(await verifyRun(empty, id)).toMatchObject({ ok: true });
    expect((await bring()).outcome).toBe('present');
  });
});

describe('the command line', () => {
  const environment = () => ({ BATON_URL: baton.url, DATABASE_URL: baton.databaseUrl });

  test('writes a bundle, checks it anywhere, and brings its run elsewhere', async () => {
    const id = await ended();
    const file = join(folder, 'cli.baton.gz');
    const written = await runCommand(environment(), ['export', id, '--to', file]);
    expect(written).toMatchObject({ code: 0, out: `${file} holds run ${id}: baton verify ${file}\n` });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await runCommand(environment(), ['export', id, '--to', file])).toMatchObject({ code: 2 });
    const unknown = await runCommand(environment(), ['export', 'nobody', '--to', join(folder, 'none.gz')]);
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('nobody') });

    const { out: key } = await runCommand(environment(), ['key']);
    const pem = join(folder, 'origin.pem');
    writeFileSync(pem, key);
    const [origin = ''] = key.split('\n');
    // No stack, and nothing that says where one is.
    const nowhere = { BATON_URL: 'http://127.0.0.1:9', DATABASE_URL: '' };
    const verify = (...more: string[]) => runCommand(nowhere, ['verify', file, ...more]);
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringMatching(/ok \(run .*not pinned/s) });
    expect(await verify('--key', pem)).toMatchObject({ code: 0, out: expect.stringContaining('asked for') });
    expect(await verify('--key', origin)).toMatchObject({ code: 0 });
    const wrong = await verify('--key', 'SHA256:other', '-o', 'json');
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.out)).toMatchObject({ ok: false, faults: [{ code: 'key_wrong' }] });
    expect(await verify('--key', join(folder, 'none'))).toMatchObject({ code: 2 });
    expect(await runCommand(nowhere, ['verify', join(folder, 'none.gz')])).toMatchObject({ code: 2 });

    const there = await freshDatabase();
    const bring = (...more: string[]) =>
      runCommand({ ...environment(), DATABASE_URL: there }, ['import', file, ...more]);
    expect(await bring('--dry-run')).toMatchObject({
      code: 0,
      out: expect.stringContaining('would be here'),
    });
    expect(await bring('--key', 'SHA256:other')).toMatchObject({ code: 1 });
    expect(await bring('--key', pem)).toMatchObject({
      code: 0,
      out: expect.stringContaining('is here to be read'),
    });
    expect(await bring()).toMatchObject({ code: 0, out: expect.stringContaining('nothing has changed') });
  });
});

test('what is not written: a run that is archived, was imported, or is not there', async () => {
  const refusal = async (from: string, id: string) =>
    ((await (await fetch(`${from}/api/v1/runs/${id}/bundle`)).json()) as Problem).code;
  const id = await ended();
  await importBundle(other.database, await exported(id), { by: null });
  expect(await refusal(baton.url, 'nobody')).toBe('run_not_found');
  expect(await refusal(other.url, id)).toBe('run_imported');
  await baton.database.query(sql`update workflow_runs set archived_at = now() where id = ${id}`);
  expect(await refusal(baton.url, id)).toBe('run_archived');
});
