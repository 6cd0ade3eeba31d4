/**
 * Any run: it does what a sequence says, and whenever it has ended it goes on in some way. Told the same sequence, it does
 * the same.
 */
import type { Plan } from '../plan/plan.ts';
import type { ToolActivityInput } from '../protocol/agent.ts';
import { INTERPRETER_VERSION } from '../protocol/envelope.ts';
import type { Departure, StepState } from '../workflows/core/index.ts';
import { call, toolAnswer, turn } from './answers.ts';
import { editedBy, TOOLS } from './any-plans.ts';
import { answerOf, pickOf } from './chance.ts';
import type { Happening } from './chance.ts';
import type { Foreseen, GoingBack } from './going-back.ts';
import { World } from './world.ts';
import type { WorldOptions } from './world.ts';

/** What is under way comes to its end, or time goes by. */
const WORK = [
  ...(['end', 'end', 'end', 'end', 'end', 'tools', 'tools', 'ask', 'correct', 'timer', 'timer'] as const),
  ...(['fail', 'lose', 'stop', 'cut', 'nothing', 'held', 'released'] as const),
] as const;

/** What people say to a run, without ending it. */
const WORDS = [
  ...(['pause', 'now', 'resume', 'say', 'interrupt', 'expiring', 'withdraw', 'answer', 'compact'] as const),
  ...(['edit', 'edit', 'skip', 'give', 'retry_now', 'stop_retrying', 'hold', 'release', 'override'] as const),
  ...(['limit', 'limit_run', 'garbage', 'label', 'twice', 'anew', 'anew'] as const),
] as const;

const ENDS = ['cancel', 'request', 'redirect', 'terminate', 'time_out'] as const;

/** Other runs begin with its state, or it goes back. */
const BRANCHES = ['reset', 'back', 'back', 'fork', 'rerun'] as const;

/** One branch of one run. */
export const ON_ONE_BRANCH = [...WORK, ...WORDS] as const;
export const ANYTHING = [...ON_ONE_BRANCH, ...ENDS, ...BRANCHES] as const;
export type What = (typeof ANYTHING)[number];

/** A fork, or a run that is set back: what was known of it before. */
export interface Departed {
  readonly world: World;
  readonly back: GoingBack;
  readonly foreseen: Foreseen;
  /** Of its activities: the first that came after. */
  readonly since: number;
}

interface Options extends WorldOptions {
  readonly version: number;
  /** An operator starts it. */
  readonly byHand?: boolean;
}

/** What has ended, or waits for its next try, runs anew. */
const rerunOf = ({ target, ...said }: { readonly id: string; readonly target: string | undefined }) => ({
  ...said,
  rerun: [target],
});

export class AnyRun {
  /** The run that things happen to. */
  world: World;
  /** Those that others were forked from. */
  readonly parents: World[] = [];
  private readonly plan: Plan;
  private readonly seen: (departed: Departed) => void;
  private number = 0;
  private said: readonly [string, unknown][] = [];

  /** @param seen is told of each run that goes on from a checkpoint, after its first task */
  constructor(plan: Plan, options: Options, seen: (departed: Departed) => void = () => undefined) {
    const { byHand = false, version } = options;
    this.plan = plan;
    this.seen = seen;
    this.world = new World(byHand ? null : plan, options);
    if (byHand) this.world.task().reply('plan', { plan, interpreter: version });
  }

  happen({ pick, what }: Happening<What>): void {
    if (this.world.closed !== null) this.goOn(pick);
    if (this.world.closed === null) this.act(what, pick);
    // Several things may happen before a worker looks.
    if (pick % 3 > 0) this.world.task();
  }

  /** It has ended. */
  private goOn(pick: number): void {
    const { world } = this;
    const limits = { turns: 3, tokens: null, costMicros: null, durationMs: 60_000 };
    if (world.checkpoint === null || pick % 4 === 0) world.restart();
    else if (pick % 4 === 1) this.reset(pick);
    else if (pick % 3 === 1) this.goBack(pick);
    else world.continueRun({ step: null, limits, message: pick % 2 === 0 ? 'go on' : null, by: 'eve' });
    this.begin();
  }

  private begin(): void {
    const { world } = this;
    world.task();
    if (world.open.has('plan')) world.reply('plan', { plan: this.plan, interpreter: INTERPRETER_VERSION });
  }

  private reset(pick: number): void {
    const { points } = this.world.execution;
    if (points.length === 0) return;
    const cutsOff = pick % 2 === 0;
    this.world.reset(pick % points.length, { cutsOff, forgets: pick % 5 === 0, reason: 'again' });
  }

  /** In place: the run has ended, or comes to rest first. */
  private goBack(pick: number): void {
    const { world } = this;
    const back = this.backTo(pick);
    if (back === null) return;
    if (world.closed === null && !this.comeToRest(pick)) return;
    const foreseen = world.foresee(back);
    if (foreseen.faults.length > 0) return;
    const { checkpoint, departure = {}, from = null } = back;
    const { length: since } = world.scheduled;
    if (world.closed === null) world.replace(back);
    else world.depart(checkpoint, departure, from);
    this.begin();
    this.seen({ world, back, foreseen, since });
    if (pick % 2 === 0) this.repeat(this.said.length - 1);
  }

  /** Nothing is under way any more: a pause lets it come to its end, or stops it. */
  private comeToRest(pick: number): boolean {
    const { world } = this;
    world.signal('pause', { mode: pick % 2 === 0 ? 'now' : 'after_turn', timeout_ms: 0 }).task();
    for (let left = 0; left < 30 && world.openIds.length > 0; left++) {
      for (const id of world.openIds) {
        if (world.cancelling.has(id)) world.stop(id);
        else world.reply(id, answerOf(world, id));
      }
      world.task();
    }
    return world.closed === null && world.openIds.length === 0 && world.state.paused !== null;
  }

  /** @param isRerun of the newest checkpoint, from a step on */
  private fork(pick: number, isRerun: boolean): void {
    const parent = this.world;
    const back = this.backTo(pick, isRerun);
    if (back === null) return;
    const foreseen = parent.foresee(back);
    if (foreseen.faults.length > 0) return;
    const args = parent.forkArgs(back.checkpoint, back.departure, back.from);
    const runId = `fork-${++this.number}`;
    this.parents.push(parent);
    this.world = new World(this.plan, { runId, now: parent.now, args });
    this.begin();
    this.seen({ world: this.world, back, foreseen, since: 0 });
  }

  /** Some checkpoint, and what is to be other. */
  private backTo(pick: number, isRerun = false): GoingBack | null {
    const { world } = this;
    const { length } = world.tables().checkpoints;
    if (length === 0) return null;
    const checkpoint = isRerun ? length : 1 + (pick % length);
    const { plan } = world.foresee({ checkpoint }).state;
    const departure = plan === null ? {} : this.departure(pick, plan);
    const keys = (departure.plan ?? plan)?.steps.map((one) => one.key) ?? [];
    const from = isRerun || pick % 5 < 2 ? (pickOf(keys, pick) ?? null) : null;
    return { checkpoint, from, departure };
  }

  private departure(pick: number, plan: Plan): Departure {
    const { interpreter = 0, revision = 0 } = this.world.stateOrNull ?? {};
    const other = pick % 7 === 3 && interpreter >= 3 ? editedBy(plan, pick, ++this.number) : null;
    const given = pickOf((other ?? plan).steps, pick)?.key;
    const value = `given ${pick}`;
    const end = { result: { value, bytes: value.length + 2, preview: value } };
    return {
      ...(other === null ? {} : { plan: other, revision: revision + 1 }),
      ...(pick % 11 < 3 && given !== undefined ? { given: new Map([[given, end]]) } : {}),
      ...(pick % 13 === 5 ? { limits: { maxTokens: 500 } } : {}),
    };
  }

  private act(what: What, pick: number): void {
    const { world } = this;
    switch (what) {
      case 'timer':
        return void (world.timers.size > 0 && world.fireNext());
      case 'nothing':
        return void world.failedTask();
      case 'held':
      case 'released':
        return void world.add({ kind: what, identity: 'ann', reason: null, requestId: `r${++this.number}` });
      case 'terminate':
        return void world.terminate('enough');
      case 'time_out':
        return void world.end({ status: 'timed_out' });
      case 'reset':
        return this.reset(pick);
      case 'back':
        return this.goBack(pick);
      case 'fork':
      case 'rerun':
        return this.fork(pick, what === 'rerun');
      case 'request':
        return void world.requestCancel('enough');
      case 'twice':
        return this.repeat(pick);
      case 'end':
      case 'tools':
      case 'ask':
      case 'correct':
      case 'fail':
      case 'lose':
      case 'stop':
      case 'cut':
        return this.end(what, pick);
      default:
        this.say(what, pick);
    }
  }

  /** The same message again, as a sender does that had no answer. */
  private repeat(pick: number): void {
    const again = pickOf(this.said, pick);
    if (again !== undefined) this.world.signal(...again);
  }

  private say(what: What, pick: number): void {
    const id = `m${++this.number}`;
    const question = pickOf(Object.keys(this.world.stateOrNull?.questions ?? {}), pick);
    const mode = pick % 2 === 0 ? 'after_turn' : 'after_step';
    const target = pick % 2 === 0 ? 's0' : undefined;
    const decision = pick % 2 === 0 ? 'approve' : 'reject';
    const signals: Partial<Record<What, readonly [string, unknown]>> = {
      pause: ['pause', { id, mode, timeout_ms: pick % 5 === 0 ? 50 : 0 }],
      now: ['pause', { mode: 'now', timeout_ms: 0 }],
      resume: ['resume', pick % 2 === 0 ? { id, content: 'go', context: 'more' } : undefined],
      say: ['instruction', { id, content: id }],
      interrupt: ['instruction', { id, content: id, delivery: 'interrupt', target }],
      expiring: ['instruction', { id, content: id, expires_ms: 50 }],
      withdraw: ['withdraw', { id, message: `m${pick % this.number}` }],
      answer: ['answer', { question, answer: true, decision, by: 'bea' }],
      compact: ['compact', { id, target: 's0' }],
      label: ['checkpoint', { id, content: `point ${id}` }],
      edit: ['edit', { id, by: 'ann', revision: pick % 5 === 0 ? 7 : undefined, plan: this.edited(pick) }],
      ...this.toStep(id, pick),
      garbage: [pick % 2 === 0 ? 'pause' : 'explode', ['?']],
      cancel: ['cancel', { id, reason: 'enough', by: 'ann' }],
      redirect: ['redirect', { id, content: 'else' }],
    };
    const [name, payload] = signals[what] ?? [what, undefined];
    const signal = [name, JSON.parse(JSON.stringify(payload ?? null))] as const;
    this.said = [...this.said, [...signal]];
    this.world.signal(...signal);
  }

  /** Another plan; or one that is not allowed, or none at all. */
  private edited(pick: number): unknown {
    const { plan = null } = this.world.stateOrNull ?? {};
    return plan === null || pick % 11 === 0 ? { steps: pick } : editedBy(plan, pick, ++this.number);
  }

  /** Commands on one step, mostly one that they make sense for, or on what agents may use up. */
  private toStep(id: string, pick: number): Partial<Record<What, readonly [string, unknown]>> {
    const steps = Object.entries(this.world.stateOrNull?.steps ?? {});
    const to = (fits: (state: StepState) => boolean, more: object = {}) => {
      const fitting = steps.filter(([, state]) => pick % 5 > 0 && fits(state));
      const [target] = pickOf(fitting.length === 0 ? steps : fitting, pick) ?? [];
      return { id, target, ...(pick % 2 === 0 ? { by: 'ann', reason: id } : {}), ...more };
    };
    const isOpen = ({ status }: StepState) => ['pending', 'retrying', 'waiting'].includes(status);
    const isTried = (state: StepState) => state.attempt > 0 && state.completedAt === null;
    const limits = { max_turns: (pick % 9) + 1, ...(pick % 3 === 0 ? { max_duration: '1m' } : {}) };
    return {
      skip: ['skip', to(isOpen)],
      give: ['skip', to(isOpen, { value: pick % 4 === 0 ? null : { given: pick } })],
      retry_now: ['retry_now', to(({ status }) => status === 'retrying')],
      stop_retrying: ['stop_retrying', to(isTried)],
      hold: ['hold', to(({ status }) => status === 'pending' || status === 'retrying')],
      release: ['release', to(({ held }) => held !== undefined)],
      anew: ['edit', rerunOf(to((one) => one.completedAt !== null || one.status === 'retrying'))],
      override: ['override', to(({ completedAt }) => completedAt !== null, { value: pick })],
      limit: ['set_limits', to(({ agent }) => agent !== undefined, limits)],
      limit_run: ['set_limits', { id, ...limits }],
    };
  }

  /** Something that is under way ends somehow. */
  private end(what: What, pick: number): void {
    const { world } = this;
    const starting = world.startedRuns.at(-1);
    if (world.stateOrNull?.redirect?.status === 'starting' && starting !== undefined)
      return void world.answerRun(starting.id, pick % 4 === 0 ? 'NAMESPACE_NOT_FOUND' : null);
    const id = pickOf(world.openIds, pick);
    if (id === undefined) return void (world.timers.size > 0 ? world.fireNext() : world.signal('resume'));
    if (what === 'fail') return void world.fail(id, pick % 2 === 0 ? 'command_failed' : 'model_error');
    if (what === 'lose') return void world.lose(id);
    if (what === 'cut') return void world.failWith(id, { kind: 'reset', message: 'reset' });
    if (what === 'stop' && world.cancelling.has(id)) return void world.stop(id);
    this.answer(what, pick, id);
  }

  private answer(what: What, pick: number, id: string): void {
    const { world } = this;
    const { activity, input } = world.open.get(id) ?? {};
    if (activity === 'tool' && pick % 4 > 0) return void world.reply(id, this.proposedOr(id, input, pick));
    if (activity !== 'agent') return void world.reply(id, answerOf(world, id));
    if (what === 'correct') return void world.reply(id, turn(`h${++this.number}`, { correction: 'no' }));
    const names = what === 'tools' ? TOOLS.slice(pick % 3) : what === 'ask' ? ['ask_user'] : [];
    const calls = names.map((name) => call(name, { question: 'Who?' }, `c${++this.number}`));
    world.reply(id, answerOf(world, id, calls));
  }

  /** What a worker makes of a proposal; or of any other call. */
  private proposedOr(id: string, input: unknown, pick: number): unknown {
    const { edits } = input as ToolActivityInput;
    if (edits === undefined) return answerOf(this.world, id);
    // Most of them add a step, as the first way of an edit does.
    const plan = this.edited(pick % 3 === 0 ? pick : pick * 4) as Plan;
    const revision = pick % 7 === 0 ? edits.revision + 1 : edits.revision;
    return toolAnswer('{}', { proposed: { plan, revision, reason: null } });
  }
}
