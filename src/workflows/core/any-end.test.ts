/**
 * Random ends of a run at random moments, each followed by a continuation: no call of a tool that may have had effects
 * is made again, each is answered for its model exactly once, and a step whose end nobody knows keeps its key.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases } from '../../../test/support/cases.ts';
import type { StepActivityInput } from '../../protocol/activity.ts';
import type { ToolActivityInput, TurnInput } from '../../protocol/agent.ts';
import type { ScheduleAction } from './index.ts';
import { call } from '../../testing/answers.ts';
import { answerOf, happeningsOf, pickOf } from '../../testing/chance.ts';
import type { Happening } from '../../testing/chance.ts';
import { agent, planOf, retries, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

const WANTED = {
  step: null,
  limits: { turns: 20, tokens: null, costMicros: null, durationMs: null },
  message: null,
  by: 'eve',
} as const;
const TOOLS = ['read_file', 'write_file', 'send', 'careful'];
const doer = (key: string) =>
  step(key, [], { spec: agent({ tools: TOOLS, approve: ['careful'] }), retry: retries(2) });
const PLAN = planOf(
  [doer('a'), doer('b'), step('till', [], { retry: retries(2) }), step('other', [], { retry: retries(1) })],
  { timeoutMs: 50_000, maxParallel: 10 },
);

const WHAT = [
  ...(['end', 'end', 'end', 'tools', 'tools', 'tools', 'lose', 'timer', 'stop', 'reset'] as const),
  ...(['interrupt', 'now', 'resume', 'approve', 'edit', 'fail'] as const),
  ...(['cancel', 'request', 'redirect', 'terminate', 'late'] as const),
] as const;
type What = (typeof WHAT)[number];

/** A run that is continued whenever it ends, and that remembers which calls may have had effects when it did. */
class Ends {
  readonly run = new QuickWorld(PLAN);
  /** Calls of answers that were taken, by their ids. */
  readonly asked: string[] = [];
  /** Sent to a worker in an execution that has ended, or told to stop. */
  readonly closed = new Set<string>();
  readonly again: string[] = [];
  readonly keys = new Map<string, Set<string>>();
  readonly tillKeys: { key: string; known: boolean }[] = [];
  private looked = 0;
  private number = 0;

  constructor() {
    this.look();
  }

  happen({ pick, what }: Happening<What>): void {
    this.act(pick, what);
    this.look();
    if (this.run.closed === null) return;
    for (const action of this.run.scheduled) this.close(action);
    this.run.continueRun(WANTED);
    this.look();
  }

  private act(pick: number, what: What): void {
    const { run } = this;
    switch (what) {
      case 'cancel':
        return void run.signal('cancel', { reason: 'enough', by: 'ann' });
      case 'request':
        return void run.requestCancel();
      case 'redirect':
        return void run.signal('redirect', { content: 'else' });
      case 'terminate':
        return void run.terminate();
      case 'now':
        return void run.signal('pause', { mode: 'now', timeout_ms: 0 });
      case 'resume':
        return void run.signal('resume');
      case 'interrupt':
        return void run.signal('instruction', { content: 'x', delivery: 'interrupt' });
      case 'approve':
      case 'edit':
        return this.approve(what);
      case 'timer':
      case 'late':
        if (what === 'late') run.pass(60_000);
        return void (run.timers.size > 0 && run.fireNext());
      default:
        return this.end(pick, what);
    }
  }

  private approve(decision: 'approve' | 'edit'): void {
    const question = Object.keys(this.run.state.questions)[0];
    if (question === undefined) return;
    const answer = decision === 'edit' ? { answer: { by: 'hand' } } : {};
    this.run.signal('answer', { question, decision, by: 'ann', ...answer });
  }

  /** Something that is under way ends somehow; an activity that was told to stop mostly does. */
  private end(pick: number, what: What): void {
    const { run } = this;
    const starting = run.startedRuns.at(-1);
    if (run.state.redirect?.status === 'starting' && starting !== undefined)
      return void run.answerRun(starting.id);
    const action = pickOf(run.open.values(), pick);
    if (action === undefined) return void (run.timers.size > 0 ? run.fireNext() : run.signal('resume'));
    const { id } = action;
    const isStopping = run.cancelling.has(id);
    if (isStopping || what === 'reset') this.close(action);
    const isUnknown = what === 'lose' || what === 'reset' || (isStopping && what !== 'end');
    if (id.startsWith('till#')) this.know(!isUnknown);
    if (what === 'lose') run.lose(id);
    else if (what === 'reset') run.failWith(id, { kind: 'reset', message: 'reset' });
    else if (isUnknown) run.stop(id);
    else if (what === 'fail') run.fail(id);
    else this.complete(action, what);
  }

  /** A call that nobody may make again. */
  private close({ activity, input }: ScheduleAction): void {
    if (activity === 'tool') this.closed.add((input as ToolActivityInput).call.id);
  }

  private know(known: boolean): void {
    const last = this.tillKeys.at(-1);
    // After its grace time nobody listens to it any more.
    const isHeard = Object.values(this.run.state.open).some(
      (owner) => 'step' in owner && owner.step === 'till',
    );
    if (last !== undefined) last.known = known && isHeard;
  }

  private complete({ id, activity }: ScheduleAction, what: What): void {
    const { run } = this;
    const names = what === 'tools' ? [0, 1, 2].map((at) => pickOf(TOOLS, this.number + at) ?? '') : [];
    const calls = activity === 'agent' ? names.map((name) => call(name, {}, `c${++this.number}`)) : [];
    const [key = ''] = id.split('#');
    const isSettled = ['cancelled', 'failed'].includes(run.state.steps[key]?.status ?? '');
    run.reply(id, answerOf(run, id, calls));
    if (!isSettled) this.asked.push(...calls.map((one) => one.id));
  }

  /** What was scheduled since the last look. */
  private look(): void {
    const { scheduled } = this.run;
    for (const { id, activity, input } of scheduled.slice(this.looked)) {
      if (activity === 'tool') this.see(input as ToolActivityInput);
      if (id.startsWith('till#'))
        this.tillKeys.push({ key: (input as StepActivityInput).idempotencyKey, known: false });
    }
    this.looked = scheduled.length;
  }

  private see({ call: { id }, idempotencyKey }: ToolActivityInput): void {
    if (this.closed.has(id)) this.again.push(id);
    this.keys.set(id, (this.keys.get(id) ?? new Set()).add(idempotencyKey));
  }

  /** Each answer that a model was given, once for each entry of its session that it was given after. */
  answers(): Map<string, Set<string>> {
    const answers = new Map<string, Set<string>>();
    for (const { activity, input, id } of this.run.scheduled) {
      if (activity !== 'agent') continue;
      const { session, append } = input as TurnInput;
      for (const entry of append) {
        if (entry.type !== 'tool_results') continue;
        for (const { call: asked, output } of entry.results) {
          // A turn that was cut short without an answer is taken from the same entry again.
          const told = `${id.split('#')[0]}/${session?.head ?? ''} ${JSON.stringify(output)}`;
          answers.set(asked, (answers.get(asked) ?? new Set()).add(told));
        }
      }
    }
    return answers;
  }
}

function play(happenings: readonly Happening<What>[]): Ends {
  const ends = new Ends();
  for (const one of happenings) ends.happen(one);
  for (let left = 0; left < 500; left++) {
    const { steps, paused, questions } = ends.run.state;
    if (Object.values(steps).every(({ status }) => status === 'completed')) break;
    // While a run ends, its questions are open and no answer is taken.
    const asks = Object.keys(questions).length > 0 && left % 2 === 0;
    ends.happen({ pick: left, what: paused !== null ? 'resume' : asks ? 'approve' : 'end' });
  }
  return ends;
}

/** Calls that may have had effects and were made again, or under another key. */
function madeAgain({ again, keys }: Ends) {
  return { again, rekeyed: [...keys].filter(([, own]) => own.size > 1) };
}

/** Calls that were not answered for their model exactly once. */
function misanswered(ends: Ends) {
  const answers = ends.answers();
  const told = ends.run.notes.flatMap((note) =>
    note.type === 'tool_answered' ? [`${note.step}/${note.turn}.${note.index}`] : [],
  );
  return {
    asked: ends.asked.filter((id) => answers.get(id)?.size !== 1),
    told: told.filter((place, at) => told.indexOf(place) !== at),
  };
}

test('after any ends calls are made and answered once, and a step keeps its key until its end is known', () => {
  fc.assert(
    fc.property(happeningsOf(WHAT), (happenings) => {
      const ends = play(happenings);
      expect(madeAgain(ends)).toEqual({ again: [], rekeyed: [] });
      expect(misanswered(ends)).toEqual({ asked: [], told: [] });
      const { tillKeys } = ends;
      const kept = tillKeys.filter(({ known }, at) => !known && at < tillKeys.length - 1);
      const next = tillKeys.filter((_, at) => tillKeys[at - 1]?.known === false);
      expect(next.map(({ key }) => key)).toEqual(kept.map(({ key }) => key));
      const over = tillKeys.flatMap(({ key, known }) => (known ? [key] : []));
      expect(new Set(over).size).toBe(over.length);
    }),
    cases(150),
  );
});
