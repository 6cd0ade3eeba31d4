/** How a run ends, and what whoever goes on with it finds: calls, keys, reasons, ids. */
import { describe, expect, test } from 'vitest';
import type { StepActivityInput } from '../../protocol/activity.ts';
import type { ToolActivityInput } from '../../protocol/agent.ts';
import { FORMER_PAUSE_MODE } from '../../protocol/signals.ts';
import { answerTool, answerTurn, turnInputOf } from '../../testing/agents.ts';
import { call } from '../../testing/answers.ts';
import { agent, planOf, retries, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

const WANTED = {
  step: null,
  limits: { turns: 9, tokens: null, costMicros: null, durationMs: null },
  message: 'go on',
  by: 'eve',
};
const CALLING = planOf([
  step('work', [], { spec: agent({ tools: ['send', 'write_file'] }) }),
  step('other', [], { retry: retries(1) }),
]);
const goOn = (sim: QuickWorld) => sim.continueRun(WANTED);
const toolsOf = (sim: QuickWorld) => sim.scheduled.filter(({ activity }) => activity === 'tool');
const calling = (options = {}) => {
  const sim = new QuickWorld(CALLING, options);
  // The second waits for the first, and so has not begun.
  answerTurn(sim, 'work', [call('write_file', {}, 'c1'), call('send', {}, 'c2')]);
  return sim;
};
const cancelled = (sim: QuickWorld) => {
  sim.signal('cancel', { reason: 'enough', by: 'ann' }).task({ type: 'cancel_requested' });
  for (const id of sim.cancelling) sim.stop(id);
  return sim;
};

describe('a call that was under way when the run ended', () => {
  const ways: Readonly<Record<string, (sim: QuickWorld) => { why: string }>> = {
    'a cancel': (sim) => {
      cancelled(sim);
      return { why: 'the run was cancelled by ann: enough' };
    },
    'the failure of another step': (sim) => {
      sim.fail('other').stop('work#1/1.0');
      return { why: 'step "other" failed' };
    },
    'a lost worker on the way': (sim) => {
      sim.fail('other').lose('work#1/1.0');
      return { why: 'step "other" failed' };
    },
    'a redirect': (sim) => {
      sim.signal('redirect', { content: 'else', by: 'bob' });
      for (const id of sim.cancelling) sim.stop(id);
      const { id } = sim.startedRuns[0] as { id: string };
      sim.task({ type: 'successor_started', id }).task({ type: 'cancel_requested' });
      return { why: `the run was redirected to ${id} by bob` };
    },
    'an operator’s terminate': (sim) => {
      sim.terminate();
      return { why: 'the run was ended' };
    },
    'workers that were lost again and again': (sim) => {
      for (let left = 0; left < 11; left++) {
        sim.lose('work#1/1.0');
        if (left < 10) sim.fireNext();
      }
      sim.stop('other');
      return { why: 'the worker stopped answering (heartbeat timeout)' };
    },
  };

  test.each(Object.keys(ways))('by %s, is closed, and what had not begun keeps its key', (way) => {
    const sim = calling();
    const before = toolsOf(sim).length;
    const { why } = ways[way]?.(sim) ?? { why: '' };
    expect(sim.closed).not.toBeNull();
    const sent = toolsOf(sim).length;
    expect(sent).toBeGreaterThanOrEqual(before);
    goOn(sim);
    const [again, ...more] = toolsOf(sim).slice(sent);
    expect(more).toEqual([]);
    expect(again?.input as ToolActivityInput).toMatchObject({
      call: { id: 'c2' },
      idempotencyKey: 'run-1/0/work/1.1',
    });
    answerTool(sim, 'work', 1, 'sent');
    const text = `This call was stopped before its end: ${why}. It may have had effects. Look before you call it again.`;
    expect(turnInputOf(sim, 'work').append).toMatchObject([
      {
        type: 'tool_results',
        results: [
          { call: 'c1', output: { value: text }, isError: true },
          { call: 'c2', output: { value: 'sent' } },
        ],
      },
      { source: 'continue', text: 'go on' },
    ]);
  });

  test('is closed too when its worker dies while a pause stops it, or the run is reset', () => {
    const dying = calling().signal('pause', { mode: 'now' }).lose('work#1/1.0').stop('other');
    dying.signal('resume');
    expect(toolsOf(dying).map(({ id }) => id)).toEqual(['work#1/1.0', 'work#1/1.1']);
    const reset = calling();
    const failure = { kind: 'reset', message: 'reset' } as const;
    reset.task({ type: 'activity_failed', id: 'work#1/1.0', failure });
    expect(toolsOf(reset).map(({ id }) => id)).toEqual(['work#1/1.0', 'work#1/1.1']);
    expect(reset.notes).toContainEqual(
      expect.objectContaining({ type: 'tool_answered', index: 0, isError: true }),
    );
  });

  test('a yes that was given before is asked for again, for what is then done', () => {
    const plan = planOf([
      step('work', [], { spec: agent({ tools: ['send', 'write_file'], approve: ['send'] }) }),
    ]);
    const sim = new QuickWorld(plan);
    answerTurn(sim, 'work', [call('write_file', {}, 'c1'), call('send', { to: 'all' }, 'c2')]);
    const [question = ''] = Object.keys(sim.state.questions);
    sim.signal('answer', { question, decision: 'edit', answer: { to: 'one' } });
    goOn(cancelled(sim));
    const [again] = Object.values(sim.state.questions);
    expect(again).toMatchObject({ id: '1:work/1.1', call: { input: { value: { to: 'all' } } } });
    sim.signal('answer', { question: again?.id, decision: 'approve' });
    expect(toolsOf(sim).at(-1)?.input).toMatchObject({ call: { input: { value: { to: 'all' } } } });
  });

  test('a run of version 1 does as it did', () => {
    const sim = goOn(cancelled(calling({ version: 1 })));
    expect(toolsOf(sim).map(({ input }) => (input as ToolActivityInput).idempotencyKey)).toEqual([
      'run-1/0/work/1.0',
      'run-1/1/work/1.0',
    ]);
  });
});

describe('a step that was under way when the run ended', () => {
  const plan = planOf([step('pay', [], { retry: retries(3) })]);
  const keyOf = (sim: QuickWorld) => (sim.inputOf('pay') as StepActivityInput).idempotencyKey;

  test('goes on with the same try, over several continuations, until its end is known', () => {
    const sim = goOn(cancelled(new QuickWorld(plan)));
    expect(keyOf(sim)).toBe('run-1/0/pay/1');
    expect([...sim.open.keys()]).toEqual(['pay#2']);
    goOn(cancelled(sim));
    expect(keyOf(sim)).toBe('run-1/0/pay/1');
    sim.lose('pay').fireNext();
    expect(keyOf(sim)).toBe('run-1/0/pay/1');
    sim.fail('pay').fireNext();
    expect(keyOf(sim)).toBe('run-1/2/pay/2');
    goOn(sim.terminate());
    expect(keyOf(sim)).toBe('run-1/2/pay/2');
    sim.complete('pay');
    expect(sim.state.steps['pay']?.epoch).toBeUndefined();
  });

  test('one that had failed for good begins anew', () => {
    const sim = new QuickWorld(planOf([step('pay')]));
    goOn(sim.fail('pay'));
    expect(keyOf(sim)).toBe('run-1/1/pay/1');
  });
});

describe('a step that was stopped says by what', () => {
  const plan = planOf([step('broken'), step('sleeper')], { failure: 'finish', timeoutMs: 5_000 });
  const reasonOf = (sim: QuickWorld) => sim.state.steps['sleeper']?.reason;
  const broken = (options = {}) => new QuickWorld(plan, options).fail('broken');

  test('by a person, also after another step had failed', () => {
    expect(reasonOf(cancelled(broken()))).toBe('the run was cancelled by ann: enough');
    expect(reasonOf(cancelled(broken({ version: 1 })))).toBe('step "broken" failed');
  });

  test('by a redirect, the run’s timeout, a pause that ended so', () => {
    const redirected = broken().signal('redirect', { content: 'else' }).stop('sleeper');
    expect(reasonOf(redirected)).toMatch(/^the run was redirected to run-1-r/);
    expect(reasonOf(broken().fireNext().stop('sleeper'))).toBe('the run reached its timeout');
    const paused = broken().signal('pause', { timeout_ms: 10, on_timeout: 'cancel' }).fireNext();
    expect(reasonOf(paused.stop('sleeper'))).toBe('the run was cancelled: the pause reached its timeout');
  });

  test('one that would not stop says that too', () => {
    const sim = broken().signal('cancel', { reason: 'enough' }).task({ type: 'cancel_requested' }).fireNext();
    expect(reasonOf(sim)).toBe('the run was cancelled: enough (it did not stop in time)');
  });

  test('by a failure that stops the run, also when a cancel follows', () => {
    const fast = new QuickWorld(planOf([step('broken'), step('sleeper')])).fail('broken');
    expect(reasonOf(cancelled(fast))).toBe('step "broken" failed');
  });
});

describe('two starts by hand within a minute', () => {
  const plan = planOf([step('pay'), step('work', [], { spec: agent({ approve: ['write_file'] }) })]);
  const placed = planOf([step('work', [], { workspace: true })], {
    workspace: { source: 'empty', uses: [] },
  });
  const IDS = ['019ab3f2-1111-7abc-8def-000000000001', '019ab3f2-1112-7abc-8def-000000000002'] as const;
  const loaded = (id: string, of = plan, interpreter = 2) => {
    const result = { plan: of, interpreter };
    return new QuickWorld(null, { executionId: id }).task({ type: 'activity_completed', id: 'plan', result });
  };
  const startedAs = (id: string, interpreter = 2) => {
    const sim = loaded(id, plan, interpreter);
    answerTurn(sim, 'work', [call('write_file')]);
    return sim;
  };
  /** All that is made of the epoch: keys (and with them sessions), questions, the id of a successor. */
  const namesOf = (sim: QuickWorld): string[] => {
    const keys = sim.scheduled.flatMap(({ input }) =>
      'idempotencyKey' in input ? [input.idempotencyKey] : [],
    );
    const questions = Object.keys(sim.state.questions);
    sim.signal('redirect', { content: 'else' });
    return [...keys, ...questions, sim.state.redirect?.to ?? ''];
  };

  test('have nothing in common', () => {
    const [first, second] = IDS.map((id) => namesOf(startedAs(id)));
    expect(first).toHaveLength(4);
    expect(first?.filter((name) => second?.includes(name))).toEqual([]);
  });

  test('have workspaces of their own, also when somebody goes on with one', () => {
    const sims = IDS.map((id) => loaded(id, placed));
    const made = (sim: QuickWorld) => sim.scheduled.findLast(({ id }) => id.startsWith('$workspace'))?.input;
    expect(sims.map((sim) => (made(sim) as { branch?: string }).branch)).toEqual(IDS);
    const [sim] = sims as [QuickWorld];
    goOn(sim.terminate());
    expect(made(sim)).toMatchObject({ generation: 1, branch: IDS[0] });
    expect(made(new QuickWorld(placed))).not.toHaveProperty('branch');
  });

  test('of version 1 keep the names they had', () => {
    expect(namesOf(startedAs(IDS[0], 1))[0]).toBe('run-1/019ab3f2/pay/1');
  });
});

test('a pause that names no mode stops agents between two turns; in a run of version 1 as it did', () => {
  const paused = (version: number) => calling({ version }).signal('pause');
  expect(paused(2).state.paused?.mode).toBe('after_turn');
  expect(paused(1).state.paused?.mode).toBe(FORMER_PAUSE_MODE);
  const sim = paused(2);
  answerTool(sim, 'work', 0);
  answerTool(sim, 'work', 1);
  sim.complete('other');
  expect(sim.open.size).toBe(0);
  expect(sim.state.paused?.holds).toBe(true);
});
