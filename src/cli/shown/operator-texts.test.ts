/** What is shown of runs to whoever looks after them: lists, status, cancels, and which run is meant. */
import { describe, expect, it } from 'vitest';
import type { ToldRun } from '../client/told-run.ts';
import type { Waiting } from '../../contract/run.ts';
import type { Step } from '../../contract/step.ts';
import { optionOf, refusedOption } from '../client/api-words.ts';
import { cancelText, endedText, stillRunning } from './cancel-text.ts';
import { findRun, type Candidate } from '../client/find-run.ts';
import { runList } from './run-list.ts';
import { statusText } from './status-text.ts';
import { plain } from '../terminal/style.ts';
import { widthOf } from '../terminal/text-width.ts';
import { NO_WAIT, RUN, attemptOf, stepOf } from '../testing/told.ts';

const NOW = Date.parse('2026-11-27T14:00:00Z');
const before = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString();

const run = (changes: Partial<ToldRun> = {}): ToldRun => ({
  ...RUN,
  id: 'review-4f7k2m9qzx',
  metadata: { started_by: 'ann@host' },
  execution: { workflow_id: 'review-4f7k2m9qzx', run_id: 'e-1' },
  created_at: before(180),
  started_at: before(178),
  ...changes,
});

const step = (key: string, status: Step['status'], changes: Partial<Step> = {}): Step =>
  stepOf(key, { status, ...changes });

const wait = (kind: Waiting['kind'], changes: Partial<Waiting> = {}): Waiting => ({
  ...NO_WAIT,
  kind,
  step: 'a',
  ...changes,
});

describe('a list of runs', () => {
  const now = (waiting: Waiting): string =>
    runList([run({ waiting_for: [waiting] })], { now: NOW, paint: plain, width: Infinity })
      .split('\n')[1]
      ?.split(/ {2,}/)
      .at(-1) ?? '';

  it.each<[string, Waiting]>([
    ['a: needs an answer: Which branch?', wait('question', { asks: 'ask', text: 'Which branch?\nSay it.' })],
    [
      'a: asks ann or bob for a yes: run_command {"x":1}, expires in 12 min',
      wait('question', {
        asks: 'approval',
        call: 'run_command',
        text: '{"x":1}',
        who: ['ann', 'bob'],
        until: before(-720),
      }),
    ],
    [
      'a: retrying ×4, next in 12 s (slow down)',
      wait('retry', { attempt: 4, until: before(-12), text: 'slow down' }),
    ],
    [
      'a: no worker for capability gpu (task queue gpu)',
      wait('worker', { text: 'a worker for capability gpu (task queue gpu)' }),
    ],
    [
      'paused by ann: lunch, ends in 30 min',
      wait('pause', { step: null, who: ['ann'], text: 'lunch', until: before(-1_800) }),
    ],
    [
      'paused in Temporal by ops: look; clocks go on',
      wait('temporal_pause', { step: null, who: ['ops'], text: 'look' }),
    ],
    [
      'hangs: stopped a worker 3 times within the hour, at x.all(y)',
      wait('hang', { step: null, times: 3, text: 'x.all(y)' }),
    ],
    ['a: held by ann: after lunch', wait('held', { who: ['ann'], text: 'after lunch' })],
    [
      'a: needs more: 3 of 3 turns used; go on with: baton continue r',
      wait('limit', {
        text: '3 of 3 turns used; go on with POST /runs/r/continue {"a": 1} or: baton continue r',
      }),
    ],
  ])('says "%s"', (text, waiting) => {
    expect(now(waiting)).toBe(text);
  });

  it('has cost, age, time, the steps at work, and why a run failed', () => {
    const progress = { total: 9, settled: 3, active: 5, current: ['a', 'b', 'c', 'd', 'e'] };
    const runs = [
      run({ progress, waiting_for: [], total_tokens: 5, cost_estimate: 12_300 }),
      run({
        id: 'b',
        status: 'failed',
        completed_at: before(100),
        error: { type: 't', message: 'no\nway', step: null },
      }),
    ];
    expect(runList(runs, { now: NOW, paint: plain, width: Infinity }).split('\n')).toEqual([
      'RUN                WORKFLOW      STATUS   CREATED (UTC)          AGE        TIME     COST  NOW',
      'review-4f7k2m9qzx  review@1.0.0  running  2026-11-27 13:57:00  3 min  2 min 58 s  $0.0123  3/9, at a, b, c and 2 more',
      'b                  review@1.0.0  failed   2026-11-27 13:57:00  3 min  1 min 18 s           no',
    ]);
  });

  it.each([80, 40])('fits %d columns', (width) => {
    const waiting_for = [
      wait('question', { asks: 'ask', text: '質問'.repeat(40) }),
      wait('worker', { text: 'a worker' }),
    ];
    const runs = [run({ id: `code-review-workflow-${'x'.repeat(10)}`, waiting_for }), run()];
    const lines = runList(runs, { now: NOW, paint: plain, width }).split('\n');
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
    expect(lines.join('\n')).toContain(`code-review-workflow-${'x'.repeat(10)}`);
  });
});

describe('a status', () => {
  const shown = { now: NOW, paint: plain, width: Infinity, unread: 0, temporalUrl: null };

  it('says who, when, with what, how long, and where in Temporal', () => {
    const ended = run({
      status: 'failed',
      terminal_reason: 'error_max_turns',
      completed_at: before(60),
      active_seconds: 90,
      inputs: { depth: 3, diff: 'x'.repeat(200), big: { $blob: 'h', bytes: 40_000 } },
      labels: { team: 'core' },
      epoch: 1,
      error: { type: 'e', message: 'Too far.', step: null },
    });
    const lines = statusText({ run: ended, steps: [step('a', 'failed')] }, { ...shown, unread: 1 }).split(
      '\n',
    );
    expect(lines).toEqual([
      'review@1.0.0 review-4f7k2m9qzx  ✗ failed · 1/1 step · 1 min 58 s (1 min 30 s at work)',
      '  created  13:57:00 UTC by ann@host (3 min ago)',
      '  started  13:57:02 UTC, after 2.0 s',
      '  ended    13:59:00 UTC, after 1 min 58 s: error_max_turns',
      `  inputs   depth=3, diff="${'x'.repeat(58)}…, big=(40000 bytes)`,
      '  labels   team=core',
      '  branch   1 (continued or restored 1 time)',
      '  temporal workflow review-4f7k2m9qzx, execution e-1',
      '  ✗ a  failed',
      '  ✉ 1 message waits to be read: baton thread review-4f7k2m9qzx --status pending',
      '',
      'error: Too far. [e]',
    ]);
  });

  it.each([80, 40])('fits %d columns', (width) => {
    const odd = run({ inputs: { text: '日本語'.repeat(60) }, labels: { a: 'b'.repeat(90) } });
    const failures = [attemptOf(1, 't', 'так '.repeat(60))];
    const text = statusText(
      { run: odd, steps: [step('a', 'failed', { attempts: failures })] },
      { ...shown, width },
    );
    expect(Math.max(...text.split('\n').map(widthOf))).toBeLessThanOrEqual(width);
  });
});

describe('a cancel', () => {
  it('says what was stopped, what still is, and what will not start', () => {
    const earlier = {
      run: run({ waiting_for: [wait('question', { asks: 'ask' })] }),
      steps: [
        step('a', 'running'),
        step('b', 'retrying'),
        step('c', 'running'),
        step('d', 'pending'),
        step('e', 'completed'),
      ],
    };
    const later = {
      run: run(),
      steps: [
        step('a', 'running'),
        step('b', 'cancelled'),
        step('c', 'completed'),
        step('d', 'cancelled'),
        step('e', 'completed'),
      ],
    };
    expect(cancelText(earlier, later).split('\n')).toEqual([
      'review-4f7k2m9qzx is being cancelled; 3 steps were at work',
      '  stopped        b',
      '  being stopped  a (may take up to 30 s)',
      '  ended first    c (completed)',
      '  not started    d',
      '  withdrawn      1 open question',
    ]);
    const ended = { ...later, run: run({ status: 'cancelled', completed_at: before(0) }) };
    expect(cancelText(earlier, ended)).toMatch(/^review-4f7k2m9qzx is cancelled\n/);
  });

  it('that is waited for says what is still at work', () => {
    const missing = step('b', 'running', { waiting_for: 'a worker for gpu' });
    expect(stillRunning([step('a', 'running'), missing, step('c', 'pending')])).toBe(
      'a, b (no worker for gpu)',
    );
  });

  it('of a run that has ended says how it ended', () => {
    const ended = run({ status: 'completed', completed_at: before(60) });
    expect(endedText(ended, 'cancel', NOW)).toBe(
      'review-4f7k2m9qzx has ended: completed after 1 min 58 s, at 13:59:00 UTC (1 min ago). There is nothing to cancel [run_closed]',
    );
  });
});

describe('which run is meant', () => {
  const RUNS: readonly Candidate[] = ['b-2', 'a-12', 'a-1'].map((id) => ({
    id,
    status: 'running',
    created_at: before(60),
  }));
  const found = (words: string, runs = RUNS): Promise<string> =>
    findRun(
      {
        has: (id) => Promise.resolve(runs.some((one) => one.id === id)),
        beginningWith: (prefix, most) =>
          Promise.resolve(runs.filter(({ id }) => id.startsWith(prefix)).slice(0, most)),
        newest: (workflow) =>
          Promise.resolve(runs.find(({ id }) => workflow === undefined || id.startsWith(workflow))),
      },
      words,
    );

  it.each([
    ['a-1', 'a-1'],
    ['b', 'b-2'],
    ['a-12', 'a-12'],
    ['@latest', 'b-2'],
    ['@latest:a', 'a-12'],
  ])('%s is %s', async (words, id) => {
    expect(await found(words)).toBe(id);
  });

  it('is asked for where several could be', async () => {
    await expect(found('a')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /^several runs begin with "a"; say more of the id:\n {2}a-12 {2}running, .+ old\n {2}a-1 {2}running, .+ old$/,
      ),
      problem: { code: 'run_ambiguous', runs: ['a-12', 'a-1'] },
    });
  });

  it.each(['zz', '', '@latest:zz'])('%j is none', async (words) => {
    await expect(found(words)).rejects.toMatchObject({ exitCode: 2, problem: { code: 'run_not_found' } });
    await expect(found('@latest', [])).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe("the API's words", () => {
  it.each([
    ['query.limit', 'Too big: expected number to be <=200', '--limit: must be at most 200'],
    ['query.limit', 'Invalid input: expected number, received NaN', '--limit: must be a whole number'],
    ['query.created_after', 'Invalid input: expected date, received Date', '--since: is no point in time'],
    [
      'body.id',
      'must be 1 to 200 letters, digits, ".", "_" or "-"',
      '--id: must be 1 to 200 letters, digits, ".", "_" or "-"',
    ],
    [
      'query.status.0',
      'Invalid option: expected one of "open"|"answered"',
      '--status: must be one of open, answered',
    ],
    ['body.labels.te am', 'is no label name', '--label te am: is no label name'],
    ['body.odd', 'is odd', 'odd: is odd'],
  ])('%s, %s', (path, message, text) => {
    expect(refusedOption({ path, message })).toBe(text);
  });

  it('name inputs as they are given', () => {
    expect([optionOf('inputs.diff'), optionOf('steps[0].prompt')]).toEqual(['-i diff', undefined]);
  });
});
