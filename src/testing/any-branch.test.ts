/**
 * Ways that lead to the same: a plan that is edited before anything has begun is the plan that the run was started with;
 * a run that goes back, or is forked, and is answered as before comes to the same end.
 */
import fc from 'fast-check';
import { deepStrictEqual } from 'node:assert/strict';
import { expect, test } from 'vitest';
import { cases } from '../../test/support/cases.ts';
import { INTERPRETER_VERSION } from '../protocol/envelope.ts';
import { anyPlan, editedBy } from './any-plans.ts';
import { AnyRun, ON_ONE_BRANCH } from './any-run.ts';
import { answerOf, happeningsOf } from './chance.ts';
import type { Tables } from './tables.ts';
import { World } from './world.ts';
import type { Plan } from '../plan/plan.ts';
import { planOf, step } from '../workflows/core/testing/plans.ts';

const NEWEST = { version: INTERPRETER_VERSION } as const;

/** Of a run whose plan was edited: without what tells that it was. */
function unedited(run: AnyRun) {
  const { state, scheduled, closed, notes } = run.world;
  const { revision: _, seen: __, messageSeq: ___, ...rest } = state;
  const told = notes.filter(({ type }) => type !== 'plan_edited' && type !== 'command');
  // A proposal says which revision it was made of.
  const isTold = (name: string, value: unknown) => (name === 'revision' ? undefined : value);
  return JSON.parse(JSON.stringify({ rest, scheduled, closed, told }, isTold)) as object;
}

/** All steps wait for one that is at work. */
function behindGate(plan: Plan): Plan {
  const { outputs: _, steps, ...rest } = plan;
  const behind = steps.map((one) => (one.dependencies.length > 0 ? one : { ...one, dependencies: ['gate'] }));
  return planOf([step('gate'), ...behind], rest);
}

test('a run whose plan is edited before it begins is a run of the other plan', () => {
  fc.assert(
    fc.property(anyPlan, fc.nat(1_000), happeningsOf(ON_ONE_BRANCH, 30), (shape, pick, happenings) => {
      const plan = behindGate(shape);
      const other = behindGate(editedBy(shape, pick, 0));
      const [edited, started] = [plan, other].map((one) => new AnyRun(one, { ...NEWEST, tickMs: 0 }));
      if (edited === undefined || started === undefined) return;
      for (const { world } of [edited, started]) world.task();
      edited.world.signal('edit', { id: 'first', plan: JSON.parse(JSON.stringify(other)) as unknown }).task();
      expect(edited.world.state.revision).toBe(1);
      for (const { world } of [edited, started]) world.complete('gate').task();
      for (const one of happenings) {
        if (started.world.closed !== null) break;
        for (const run of [edited, started]) run.happen(one);
      }
      for (const { world } of [edited, started]) world.task();
      deepStrictEqual(unedited(edited), unedited(started));
    }),
    cases(120),
  );
});

/** Everybody answers, always the same, until the run has ended. */
function answerAll(world: World): World {
  for (let left = 0; world.closed === null && left < 300; left++) {
    const { paused, steps, questions } = world.state;
    const [question] = Object.keys(questions);
    const held = Object.keys(steps).find((key) => steps[key]?.held !== undefined);
    const [id] = [...world.openIds].sort();
    const [timer] = Object.entries(world.state.timers).filter(([, one]) => one.for !== 'timeout');
    if (paused !== null) world.signal('resume');
    else if (held !== undefined) world.signal('release', { target: held });
    else if (question !== undefined && left % 2 === 0)
      world.signal('answer', { question, answer: true, decision: 'approve', by: 'bea' });
    else if (id !== undefined) end(world, id);
    else if (timer !== undefined) world.fire(timer[0]);
    world.task();
  }
  return world;
}

function end(world: World, id: string): void {
  if (world.cancelling.has(id)) world.stop(id);
  else world.reply(id, answerOf(world, id));
}

/** A limit that comes too late to stop what is under way holds for what begins again. */
const WITHOUT_LIMITS = ON_ONE_BRANCH.filter((what) => what !== 'limit_run');

/** What the steps, and the run, have come to. */
function comeTo({ run, steps }: Tables) {
  const ends = Object.values(steps)
    .filter(({ status }) => status !== 'superseded')
    .map(({ key, status, output, reason }) => ({ key, status, output, reason }));
  return { status: run?.status, output: run?.output, ends };
}

test('a run that goes back and is answered as before comes to the same end, and so does a fork', () => {
  fc.assert(
    fc.property(anyPlan, happeningsOf(WITHOUT_LIMITS, 30), (plan, happenings) => {
      const run = new AnyRun({ ...plan, failure: 'finish', timeoutMs: null }, NEWEST);
      for (const one of happenings) if (run.world.closed === null) run.happen(one);
      const { world } = run;
      world.signal('checkpoint', { content: 'here' }).task();
      const checkpoint = world.tables().checkpoints.findLast(({ label }) => label === 'here')?.number;
      if (checkpoint === undefined || world.state.failure !== null) return;
      const fork = new World(plan, { runId: 'fork-1', now: world.now, args: world.forkArgs(checkpoint) });
      const parent = comeTo(answerAll(world).tables());
      if (parent.status !== 'completed') return;
      deepStrictEqual(comeTo(answerAll(fork.task()).tables()), parent);
      deepStrictEqual(comeTo(world.tables()), parent);
      deepStrictEqual(comeTo(answerAll(world.restore(checkpoint).task()).tables()), parent);
    }),
    cases(120),
  );
});
