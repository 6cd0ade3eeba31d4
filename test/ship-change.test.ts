/**
 * The example ship-change, whole, on a repository made of examples/sample-repo. Only the model's answers are scripted:
 * files are really read and written, tests really run, and a person really answers in the middle.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { verifyRun } from '../src/projections/index.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import type { RunNow } from '../src/contract/run.ts';
import type { Baton } from './support/baton.ts';
import { until } from './support/index.ts';
import { recordHistory } from './support/record-history.ts';
import type { ModelCall } from '../src/contract/call.ts';
import type { RunEvent } from '../src/contract/event.ts';

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));
const run = promisify(execFile);

const sources = mkdtempSync(join(tmpdir(), 'baton-sources-'));
afterFile(() => rmSync(sources, { recursive: true, force: true }));
const repository = join(sources, 'sample');
let baton: Baton;
let finished: RunNow;

beforeAll(async () => {
  await makeRepository();
  baton = await startBaton({
    BATON_SCRIPT: join(EXAMPLES, 'scripts/ship-change.yaml'),
    BATON_MODEL: 'scripted/demo',
    BATON_ALLOW_COMMANDS: '1',
    BATON_WORKSPACE_SOURCES: sources,
  });
  await baton.publish(readFileSync(join(EXAMPLES, 'ship-change.yaml'), 'utf8'));
  finished = await ship();
});

async function makeRepository(): Promise<void> {
  cpSync(join(EXAMPLES, 'sample-repo'), repository, { recursive: true });
  const git = (...argv: readonly string[]) =>
    run('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...argv], { cwd: repository });
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-qm', 'First');
}

/** Starts the run, approves the plan and waits for the end. */
async function ship(): Promise<RunNow> {
  const { id } = await baton.start({ workflow: 'ship-change', inputs: { repository } });
  const question = await until(async () => (await items<{ id: string }>(id, 'questions'))[0]);
  expect(await baton.steps(id)).toMatchObject({
    'approve-plan': { status: 'waiting' },
    code: { status: 'pending' },
  });
  const answer = { approved: true, comment: 'Mind zero.' };
  const given = await baton.call('POST', `/runs/${id}/answers`, { question: question.id, answer, by: 'ada' });
  expect(given.status).toBe(200);
  const ended = await baton.finished(id);
  await recordHistory('ship-change', id);
  return ended;
}

async function items<T>(id: string, what: string): Promise<readonly T[]> {
  const { body } = await baton.call<{ items: T[] }>('GET', `/runs/${id}/${what}`);
  return body.items;
}

/** The texts that stand in `said` in this order, whatever stands between them. */
function inOrder(said: readonly string[], texts: readonly string[]): readonly string[] {
  let from = 0;
  return texts.filter((text) => {
    const at = said.findIndex((line, i) => i >= from && line.includes(text));
    from = at === -1 ? from : at + 1;
    return at !== -1;
  });
}

test('the change comes out as a patch, and stands in the workspace', async () => {
  expect(finished).toMatchObject({ status: 'completed', terminal_reason: 'completed', diverged: null });
  const output = finished.output as Record<string, unknown>;
  expect(output).toMatchObject({ ship: true, plan: expect.stringContaining('formatDuration') });
  expect(output['patch']).toContain('+export function formatDuration(ms)');
  expect(output['patch']).toContain('+++ b/test/round-trip.test.js');
  expect(output['patch']).toContain("+formatDuration(5_400_000); // '1h30m'");
  const workspace = String(finished['workspace_path']);
  const { formatDuration } = (await import(join(workspace, 'src/duration.js'))) as {
    formatDuration: (ms: number) => string;
  };
  expect([90_061_001, 0].map(formatDuration)).toEqual(['1d1h1m1s1ms', '0s']);
  expect(readFileSync(join(repository, 'src/duration.js'), 'utf8')).not.toContain('formatDuration');
});

test('the tests fail before the change is right, and pass after it', async () => {
  await expect(run(process.execPath, ['--test'], { cwd: repository })).rejects.toMatchObject({ code: 1 });
  expect((await baton.steps(finished.id))['verify']).toMatchObject({
    status: 'completed',
    output: { exit_code: 0 },
  });
});

test('the thread tells it in its order', async () => {
  const said = (await items<{ content: string | null }>(finished.id, 'messages?limit=200')).map(
    ({ content }) => content ?? '',
  );
  const story = [
    'Workspace: cloned',
    'Starting plan agent - ',
    'plan agent completed: ',
    'Asks: Task: Add formatDuration(ms)',
    'ada answered: yes: Mind zero.',
    'Starting code agent - ',
    'Reading file: src/duration.js (472 bytes)',
    'Edited file: src/duration.js (1 replacement)',
    'Build verification: FAILED (exit code 1)',
    'Edited file: src/duration.js (1 replacement)',
    'Build verification: PASSED (exit code 0)',
    'code agent completed: ',
    'Starting test agent - ',
    'Writing file: test/round-trip.test.js (338 bytes)',
    'Test verification: PASSED',
    'Run all tests: PASSED',
    'Starting review agent - ',
    'Starting docs agent - ',
    'Edited file: README.md (1 replacement)',
    'docs agent completed: ',
  ];
  expect(inOrder(said, story)).toEqual(story);
});

test('the figures of the run are the sums of its calls', async () => {
  const calls = await items<ModelCall>(finished.id, 'calls?limit=100');
  expect(calls.map(({ status }) => status)).toEqual(Array.from({ length: 18 }, () => 'completed'));
  const sum = (field: 'total_tokens' | 'cost_estimate') =>
    calls.reduce((total, call) => total + (call[field] ?? 0), 0);
  expect(sum('cost_estimate')).toBeGreaterThan(0);
  expect(finished).toMatchObject({
    turns: 18,
    total_tokens: sum('total_tokens'),
    cost_estimate: sum('cost_estimate'),
  });
});

test('each event names what caused it, from the end back to the start', async () => {
  const events = await items<RunEvent>(finished.id, 'events?limit=200');
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  const chain: RunEvent[] = [];
  for (let at = events.at(-1); at !== undefined; at = bySeq.get(at.caused_by ?? -1)) chain.unshift(at);
  expect(chain[0]?.type).toBe('workflow_start');
  expect(chain.at(-1)?.type).toBe('complete');
  const turn = ['llm_complete', 'tool_call', 'tool_response'];
  const code = chain.filter(({ step, type }) => step === 'code' && turn.includes(type));
  const turns = Array.from({ length: 5 }, () => turn).flat();
  expect(code.map(({ type }) => type)).toEqual([...turns, 'llm_complete']);
  expect(events.filter(({ type, caused_by }) => type !== 'workflow_start' && caused_by === null)).toEqual([]);
});

test('the tables can be proved', async () => {
  expect(await verifyRun(baton.database, finished.id)).toMatchObject({ ok: true });
});
