/** Workspace and tools against a real database: values by reference in and out, and what a repeated call does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { createActivities, type Activities } from '../../src/activities/activities.ts';
import { loadBlobs, storeBlob } from '../../src/database/blobs.ts';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/log/log.ts';
import type { Json } from '../../src/plan/json.ts';
import type { ToolActivityInput } from '../../src/protocol/agent.ts';
import type { SuppliedValue } from '../../src/protocol/values.ts';
import { PostgresStreamer } from '../../src/streaming/postgres-streamer.ts';
import { afterFile } from '../support/after-file.ts';
import { freshDatabase } from '../support/index.ts';
import { failureOf, runActivity, testConfig } from '../support/step-attempt.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { openTestDatabase } from '../support/test-database.ts';

const log = createLogger('test', 'silent');
const home = temporaryHome();
const run = { id: 'run-1', workflow: 'demo', version: '1.0.0' };
let database: Database;
let activities: Activities;
let workspace: string;

beforeAll(async () => {
  database = openTestDatabase(await freshDatabase(), log);
  const config = testConfig({ BATON_HOME: home });
  activities = createActivities({
    database,
    log,
    config,
    streamer: new PostgresStreamer(database, log),
    workspaceQueue: 'test.workspace',
    env: process.env,
  });
  const input = { run, generation: 1, values: { inputs: {}, steps: {} }, timeoutMs: 60_000 };
  const opened = await runActivity(activities.workspace, { ...input, spec: { source: 'empty', uses: [] } });
  workspace = opened.path;
});
afterFile(() => database.end());

function call(name: string, input: SuppliedValue, index = 0) {
  const activityInput: ToolActivityInput = {
    run,
    step: { key: 'work', title: 'Work', attempt: 1, turn: 1, index },
    idempotencyKey: `run-1/0/work/1.${index}`,
    call: { id: `call-${index}`, name, input, preview: '' },
    mcp: null,
    workspace,
    timeoutMs: 60_000,
  };
  return runActivity(activities.tool, activityInput);
}
const store = async (value: Json): Promise<SuppliedValue> => ({
  ref: await storeBlob(database, JSON.stringify(value)),
});

it('has a workspace below its home', () => {
  expect(workspace).toBe(join(home, 'workspaces/run-run-1/1'));
});

it('takes long arguments from the blob table, and leaves long answers there', async () => {
  const content = 'line\n'.repeat(10_000);
  const written = await call('write_file', await store({ path: 'long.txt', content }));
  expect(written.comment).toBe('Writing file: long.txt (50,000 bytes)');
  expect(readFileSync(join(workspace, 'long.txt'), 'utf8')).toBe(content);
  const { result } = await call('read_file', { value: { path: 'long.txt' } });
  expect(result.value).toBeUndefined();
  const hash = result.ref?.$blob ?? '';
  expect((await loadBlobs(database, [hash])).get(hash)).toBe(content);
});

it('does an edit once, however often its activity is run', async () => {
  await call('write_file', { value: { path: 'a', content: 'x' } });
  const edit = { value: { path: 'a', old_text: 'x', new_text: 'xx' } };
  const first = await call('edit_file', edit, 1);
  expect(await call('edit_file', edit, 1)).toEqual(first);
  expect(readFileSync(join(workspace, 'a'), 'utf8')).toBe('xx');
});

it('fails when stored arguments are not there any more', async () => {
  const missing: SuppliedValue = { ref: { $blob: '0'.repeat(64), bytes: 5_000 } };
  expect(await failureOf(call('read_file', missing))).toMatchObject({ type: 'value_missing' });
});

it('makes no workspace of a repository that may not be cloned', async () => {
  const spec = { source: 'git', url: { $expr: 'inputs.repository' }, ref: null, uses: [] } as const;
  const inputs = { repository: await store('/etc') };
  const input = { run, generation: 2, spec, values: { inputs, steps: {} }, timeoutMs: 60_000 };
  expect(await failureOf(runActivity(activities.workspace, input))).toMatchObject({
    type: 'workspace_failed',
    message: expect.stringContaining('BATON_WORKSPACE_SOURCES'),
  });
});
