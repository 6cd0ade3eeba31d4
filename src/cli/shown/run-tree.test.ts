import { describe, expect, it } from 'vitest';
import type { Step } from '../../contract/step.ts';
import type { ToldRun } from '../client/told-run.ts';
import { renderChanges, renderTree, type Snapshot } from './run-tree.ts';
import { formatCost, formatDuration, paintFor, plain, terminalText } from '../terminal/style.ts';
import { NO_WAIT, RUN, attemptOf, errorOf, segmentOf, stepOf } from '../testing/told.ts';
import { widthOf } from '../terminal/text-width.ts';

const START = Date.parse('2026-11-21T03:00:00Z');
const at = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();

const run = (changes: Partial<ToldRun> = {}): ToldRun => ({
  ...RUN,
  created_at: at(0),
  started_at: at(0),
  ...changes,
});

const step = stepOf;

const failed = attemptOf(1, 'model_rate_limited', 'slow down\nplease');
const running = attemptOf(2);

const SNAPSHOT: Snapshot = {
  run: run({ total_tokens: 812, cost_estimate: 1_234 }),
  steps: [
    step('parse', { status: 'completed', started_at: at(0), completed_at: at(1.25) }),
    step('audit', { status: 'retrying', level: 1, attempts: [failed, running], started_at: at(2) }),
    step('style', { status: 'running', level: 1, waiting_for: 'a worker for gpu', started_at: at(2) }),
    step('extra', { status: 'skipped', level: 1, reason: 'when is false' }),
    step('merge', { level: 2 }),
  ],
};

describe('the time of a run', () => {
  it.each([
    ['1 min 0 s (20.0 s at work)', run({ active_seconds: 20 })],
    ['1 min 0 s', run({ active_seconds: 59.5 })],
    ['1 min 0 s', run({ active_seconds: null })],
    ['30.0 s (20.0 s at work)', run({ active_seconds: 20, completed_at: at(30), status: 'completed' })],
  ])('reads %s', (text, shown) => {
    const [head] = renderTree({ run: shown, steps: [] }, START + 60_000, plain).split('\n');
    expect(head?.split(' · ').at(-1)).toBe(text);
  });

  it('stands beside what holds the run in Temporal', () => {
    const held = run({ temporal_pause: { by: 'ann', reason: null, since: at(1) } });
    expect(renderTree({ run: held, steps: [] }, START, plain)).toContain('‖ paused in Temporal by ann');
  });
});

describe('renderTree', () => {
  it('says of a step that it has begun under an edited plan', () => {
    const steps = [0, 2, null].map((revision) => step(`s${revision}`, { revision }));
    const lines = renderTree({ run: run(), steps }, START, plain).split('\n').slice(1);
    expect(lines.map((line) => line.includes('plan revision 2'))).toEqual([false, true, false]);
    expect(lines.join('\n')).not.toContain('revision 0');
  });

  it('shows each step below what it waits for, with time, attempts and what holds it up', () => {
    expect(renderTree(SNAPSHOT, START + 65_000, plain)).toBe(
      [
        'review@1.0.0 run-1  ▶ running · 2/5 steps · 1 min 5 s · 812 tokens, $0.0012',
        '  ✓ parse      completed    1.3 s',
        '  ↻   audit    retrying  1 min 3 s  retrying ×1, slow down',
        '  ▶   style    running   1 min 3 s  no worker for gpu',
        '  ↷   extra    skipped             when is false',
        '  ·     merge  pending',
      ].join('\n'),
    );
  });

  it('keeps what is at work and what failed when the terminal is low, and sums up the rest', () => {
    const many = Array.from({ length: 40 }, (_, i) =>
      step(`s${i}`, { status: i < 20 ? 'completed' : 'pending' }),
    );
    const steps = [...many, step('busy', { status: 'running' }), step('bad', { status: 'failed' })];
    const lines = renderTree({ run: run(), steps }, START, plain, { width: 80, height: 7 }).split('\n');
    expect(lines).toHaveLength(7);
    expect(lines.join('\n')).toMatch(/busy/);
    expect(lines.join('\n')).toMatch(/bad/);
    expect(lines.at(-1)).toBe('  … 17 completed, 20 pending');
  });

  it.each([80, 40])('fits %d columns, whatever the names and errors', (width) => {
    const odd = [
      step('長い名前の手順を書く', { status: 'running', started_at: at(0), waiting_for: 'a worker for gpu' }),
      step('👩‍👩‍👧-família-e\u0301'.repeat(3), {
        status: 'failed',
        level: 1,
        error: errorOf('model_rate_limited', 'slow down\nplease'),
      }),
      step('k'.repeat(90), { status: 'retrying', level: 9, attempts: [failed], retry_at: at(12) }),
      step('end', { status: 'skipped', reason: `because ${'of it '.repeat(40)}\u001b[2J` }),
    ];
    const waits = run({
      workflow: 'w'.repeat(60),
      waiting_for: [
        {
          ...NO_WAIT,
          kind: 'question',
          step: 'end',
          question: 'q1',
          asks: 'ask',
          text: '本当に？'.repeat(30),
        },
      ],
    });
    const text = renderTree({ run: waits, steps: odd }, START, plain, { width, height: Infinity });
    expect(Math.max(...text.split('\n').map(widthOf))).toBeLessThanOrEqual(width);
    expect(text.replaceAll(/\n +/g, ' ')).toMatch(/retrying ×1, next in 12 s/);
    for (const height of [2, 3, 5, 8]) {
      const low = renderTree({ run: waits, steps: odd }, START, plain, { width, height }).split('\n');
      expect(low.length).toBeLessThanOrEqual(height);
      expect(Math.max(...low.map(widthOf))).toBeLessThanOrEqual(width);
    }
  });

  it('asks once, in its own words, with the command', () => {
    const needs = [
      {
        step: 'ship',
        kind: 'approval' as const,
        message: 'step "ship" asks: x; answer with POST /runs/run-1 …',
      },
    ];
    const waiting_for = [
      {
        ...NO_WAIT,
        kind: 'question' as const,
        step: 'ship',
        question: 'q7',
        asks: 'approval',
        call: 'run_command',
        text: '{"c":1}',
        who: ['ann'],
      },
    ];
    const text = renderTree({ run: run({ needs, waiting_for }), steps: [] }, START, plain);
    expect(text.split('\n').slice(1)).toEqual([
      '  ! ship: asks ann for a yes: run_command {"c":1}: baton answer run-1 q7 --approve (or --reject)',
    ]);
    const limit = [
      {
        step: 'code',
        kind: 'limit' as const,
        message:
          'step "code" used 3 of 3 turns; go on with POST /runs/run-1/continue {"a": {"b": 1}} or: baton continue run-1 --turns 20',
      },
    ];
    expect(renderTree({ run: run({ needs: limit }), steps: [] }, START, plain).split('\n')[1]).toBe(
      '  ! step "code" used 3 of 3 turns; go on with: baton continue run-1 --turns 20',
    );
  });

  it('says paused, and how it ended', () => {
    expect(renderTree({ run: run({ is_paused: true }), steps: [] }, START, plain)).toContain('‖ paused');
    const ended = run({ status: 'failed', completed_at: at(3) });
    expect(renderTree({ run: ended, steps: [] }, START + 99_000, plain)).toContain(
      '✗ failed · 0/0 steps · 3.0 s',
    );
  });

  it('counts the turns, tokens and cost of agents', () => {
    const used = { turns: 33, total_tokens: 4_120, cost_estimate: 12_300 };
    const steps = [
      step('code', { status: 'running', ...used, segments: [segmentOf(3, 20)] }),
      step('free', { status: 'completed', turns: 2, segments: [segmentOf(2, null)] }),
    ];
    const text = renderTree({ run: run(), steps }, START, plain);
    expect(text).toMatch(/code .*turn 3 of 20, 4120 tokens, \$0\.0123/);
    expect(text).toMatch(/free .*2 turns$/m);
  });

  it('says what somebody has to do, and how', () => {
    const question = { step: 'review', kind: 'ask_user', message: 'asks: which branch?' } as const;
    expect(renderTree({ run: run({ needs: [question] }), steps: [] }, START, plain)).toContain(
      '  ! review: asks: which branch?: baton answer run-1',
    );
    const limit = { step: 'code', kind: 'limit', message: '30 of 30 turns used' } as const;
    const ended = run({ status: 'failed', completed_at: at(1), needs: [limit] });
    expect(renderTree({ run: ended, steps: [] }, START, plain)).toContain(
      '! code: 30 of 30 turns used: baton continue run-1 --step code --turns N',
    );
    const told = { ...limit, message: 'go on with baton continue run-1 --turns 20' };
    const line = renderTree({ run: run({ needs: [told] }), steps: [] }, START, plain).split('\n')[1];
    expect(line).toBe('  ! code: go on with baton continue run-1 --turns 20');
    const named = {
      ...question,
      message: 'step "review" asks: which branch?; answer with baton answer run-1',
    };
    expect(renderTree({ run: run({ needs: [named] }), steps: [] }, START, plain).split('\n')[1]).toBe(
      `  ! ${named.message}`,
    );
  });

  it('says how far a pause is, and where a redirected run goes on', () => {
    const pause = {
      mode: 'after_turn',
      by: 'ann',
      busy: 3,
      drained: 1,
      ends_at: at(60),
      on_timeout: 'resume',
    } as const;
    const paused = run({ is_paused: true, pause_reason: 'lunch', pause });
    const before = { run: paused, steps: [] };
    expect(renderTree(before, START, plain).split('\n')[1]).toBe(
      '  ‖ pausing after_turn, 1 of 3 steps drained, by ann: lunch; resumes at 03:01:00 UTC (in 1 min 0 s)',
    );
    const drained = { run: { ...paused, pause: { ...pause, drained: 3 } }, steps: [] };
    expect(renderChanges(before, before, START + 1_000, plain)).toEqual([]);
    expect(renderChanges(before, drained, START + 1_000, plain)).toEqual([
      '  ‖ paused after_turn, 3 of 3 steps drained, by ann: lunch; resumes at 03:01:00 UTC',
    ]);
    const redirected = run({ status: 'cancelled', lineage: { redirected_to: 'run-2' } });
    expect(renderTree({ run: redirected, steps: [] }, START, plain)).toContain(
      '  → redirected to run run-2: baton watch run-2',
    );
  });

  it('does not stumble over a status of a newer server', () => {
    const steps = [step('a', { status: 'levitating' as Step['status'] })];
    expect(renderTree({ run: run(), steps }, START, plain)).toContain('? a');
  });
});

describe('renderChanges', () => {
  it('tells nothing when nothing changed', () => {
    expect(renderChanges(SNAPSHOT, SNAPSHOT, START, plain)).toEqual([]);
  });

  it('begins with what is no longer pending', () => {
    expect(renderChanges(undefined, SNAPSHOT, START + 65_000, plain)).toHaveLength(5);
  });

  it('tells each turn, and once what is needed', () => {
    const turned = SNAPSHOT.steps.map((old) => (old.key === 'style' ? { ...old, turns: 1 } : old));
    const need = { step: 'style', kind: 'approval', message: 'wants to run_command' } as const;
    const after = { run: run({ needs: [need] }), steps: turned };
    expect(renderChanges(SNAPSHOT, after, START + 3_000, plain)).toEqual([
      '  ▶ style  running      1.0 s  1 turn, no worker for gpu',
      '  ! style: wants to run_command: baton answer run-1',
    ]);
    expect(renderChanges(after, after, START, plain)).toEqual([]);
  });

  it('tells each step that moved, a new attempt, and the end', () => {
    const steps = SNAPSHOT.steps.map((old) =>
      old.key === 'audit'
        ? { ...old, attempts: [failed, failed, running] }
        : old.key === 'style'
          ? { ...old, status: 'completed' as const, completed_at: at(10) }
          : old,
    );
    const after = { run: run({ status: 'completed', completed_at: at(10) }), steps };
    expect(renderChanges(SNAPSHOT, after, START + 10_000, plain)).toEqual([
      '  ↻ audit  retrying     8.0 s  retrying ×2, slow down',
      '  ✓ style  completed    8.0 s',
      'review@1.0.0 run-1  ✓ completed · 3/5 steps · 10.0 s',
    ]);
  });
});

describe('figures for people', () => {
  it.each([
    [-5, '0 ms'],
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [59_900, '59.9 s'],
    [59_960, '1 min 0 s'],
    [3_600_000, '1 h 0 min'],
    [7_620_000, '2 h 7 min'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('does not make an unknown price free', () => {
    expect([formatCost(null), formatCost(0), formatCost(1_500_000)]).toEqual([
      'cost unknown',
      '$0.0000',
      '$1.5000',
    ]);
  });

  it('colours terminals only, and not against NO_COLOR', () => {
    expect(terminalText(paintFor({ isTTY: true }, {})('red', 'x'))).toBe('\u001b[31mx\u001b[39m');
    expect(terminalText(`a${paintFor({ isTTY: true }, {})('dim', 'x')}b`)).toBe('a\u001b[2mx\u001b[22mb');
    expect(paintFor({ isTTY: true }, { NO_COLOR: '1' })('red', 'x')).toBe('x');
    expect(paintFor({}, {})('red', 'x')).toBe('x');
  });
});
