/**
 * Any run, of any version, whatever happens to it and however often it ends and goes on: core and fold agree at every
 * task, and the tables are the same however its history comes in pages.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases } from '../../test/support/cases.ts';
import type { Plan, PlanStep, StepSpec } from '../plan/plan.ts';
import type { ToolActivityInput } from '../protocol/agent.ts';
import { INTERPRETER_VERSION } from '../protocol/envelope.ts';
import type { StepState } from '../workflows/core/index.ts';
import { agent, ask, planOf, retries, step, transform, when } from '../workflows/core/testing/plans.ts';
import { call, toolAnswer, turn } from './answers.ts';
import { answerOf, happeningsOf, pickOf } from './chance.ts';
import type { Happening } from './chance.ts';
import { tablesOf } from './histories.ts';
import { World } from './world.ts';

const ASK = ask({ timeoutMs: 60_000 });
const TOOLS = ['read_file', 'write_file', 'send', 'ask_user', 'edit_plan'];
const KINDS = ['agent', 'transform', 'wait', 'command', 'ask'];
const EDITS = ['ask', 'auto', 'auto'] as const;
const SPECS: readonly (StepSpec | undefined)[] = [
  undefined,
  agent({ tools: TOOLS, approve: ['send'], models: ['a/1', 'b/2'] }),
  agent({ tools: TOOLS, limits: { ...agent().limits, maxTurns: 3 } }),
  transform({ of: 1 }),
  { kind: 'wait', duration: '1s' },
  ASK,
];

const plans: fc.Arbitrary<Plan> = fc
  .record({
    shapes: fc.array(
      fc.record({ of: fc.nat(40), after: fc.nat(40), attempts: fc.integer({ min: 1, max: 3 }) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    ),
    failure: fc.constantFrom('fast' as const, 'finish' as const),
    maxParallel: fc.integer({ min: 1, max: 6 }),
    timeoutMs: fc.constantFrom(null, 50_000),
    placed: fc.boolean(),
  })
  .map(({ shapes, placed, ...options }) => {
    const steps = shapes.map(({ of, after, attempts }, index): PlanStep => {
      const spec = SPECS[of % SPECS.length];
      const dependencies = index === 0 || after % 3 === 0 ? [] : [`s${after % index}`];
      return step(`s${index}`, dependencies, {
        ...(spec === undefined ? { workspace: placed } : { spec }),
        when: after % 7 === 0 ? when('status.always') : null,
        retry: retries(attempts),
        ...editsOf(spec, of),
      });
    });
    return planOf(steps, { ...options, workspace: placed ? { source: 'empty', uses: [] } : null });
  });

/** Some of the steps whose kind may do so propose edits. */
function editsOf(spec: StepSpec | undefined, pick: number): Pick<PlanStep, 'edits'> {
  const policy = EDITS[pick % 5];
  const may = spec === undefined || spec.kind === 'agent' || spec.kind === 'transform';
  return policy === undefined || !may
    ? {}
    : { edits: { policy, maxSteps: (pick % 3) + 1, kinds: KINDS, agents: ['code'] } };
}

/** What has ended, or waits for its next try, runs anew. */
const rerunOf = ({ target, ...said }: { readonly id: string; readonly target: string | undefined }) => ({
  ...said,
  rerun: [target],
});

let edits = 0;

/** Another plan: a step more, one less, one that differs; or one that is not allowed, or none at all. */
function editOf(plan: Plan | null | undefined, pick: number): unknown {
  if (plan == null || pick % 11 === 0) return { steps: pick };
  const { steps, outputs: _, ...rest } = plan;
  const last = steps.at(-1);
  const after = pick % 2 === 0 && last !== undefined ? [last.key] : [];
  const ways: readonly (readonly PlanStep[])[] = [
    [...steps, step(`n${++edits}`, after, { spec: SPECS[pick % SPECS.length] ?? transform({ of: 2 }) })],
    steps.slice(0, -1),
    steps.map((one) => (one === last ? { ...one, title: `Other ${pick}` } : one)),
    steps.map((one, at) => (at === 0 ? { ...one, title: `First ${pick}` } : one)),
  ];
  return planOf(ways[pick % ways.length] ?? steps, { ...rest, hash: `sha256:edit-${++edits}` });
}

const WHAT = [
  ...(['end', 'end', 'end', 'end', 'end', 'tools', 'tools', 'ask', 'correct', 'timer', 'timer'] as const),
  ...(['fail', 'lose', 'stop', 'cut', 'nothing', 'held', 'released'] as const),
  ...([
    'pause',
    'now',
    'resume',
    'say',
    'interrupt',
    'expiring',
    'withdraw',
    'answer',
    'compact',
    'edit',
    'edit',
    'rerun',
    'rerun',
  ] as const),
  ...([
    'skip',
    'give',
    'retry_now',
    'stop_retrying',
    'hold',
    'release',
    'override',
    'limit',
    'limit_run',
  ] as const),
  ...(['garbage', 'cancel', 'request', 'redirect', 'terminate', 'time_out', 'reset'] as const),
] as const;
type What = (typeof WHAT)[number];

/** What a worker makes of a proposal; or of any other call. */
function proposedOr(world: World, id: string, input: unknown, pick: number): unknown {
  const { edits } = input as ToolActivityInput;
  if (edits === undefined) return answerOf(world, id);
  // Most of them add a step, as the first way of an edit does.
  const plan = editOf(world.stateOrNull?.plan, pick % 3 === 0 ? pick : pick * 4) as Plan;
  const revision = pick % 7 === 0 ? edits.revision + 1 : edits.revision;
  return toolAnswer('{}', { proposed: { plan, revision, reason: null } });
}

/** A run that goes on in some way whenever it has ended. */
class AnyRun {
  readonly world: World;
  private readonly plan: Plan;
  private number = 0;

  constructor(plan: Plan, version: number, every: number, byHand: boolean) {
    this.plan = plan;
    const continueSuggested = (events: number) => events > every;
    this.world = new World(byHand ? null : plan, { version, continueSuggested });
    this.world.task();
    if (byHand) this.world.reply('plan', { plan, interpreter: version }).task();
  }

  happen({ pick, what }: Happening<What>): void {
    if (this.world.closed !== null) this.goOn(pick);
    if (this.world.closed === null) this.act(what, pick);
    // Several things may happen before a worker looks.
    if (pick % 3 > 0) this.world.task();
  }

  private goOn(pick: number): void {
    const { world } = this;
    const limits = { turns: 3, tokens: null, costMicros: null, durationMs: 60_000 };
    if (world.checkpoint === null || pick % 4 === 0) world.restart();
    else if (pick % 4 === 1) this.reset(pick);
    else if (pick % 3 === 1) this.restore(pick);
    else world.continueRun({ step: null, limits, message: pick % 2 === 0 ? 'go on' : null, by: 'eve' });
    world.task();
    if (world.open.has('plan')) world.reply('plan', { plan: this.plan, interpreter: INTERPRETER_VERSION });
  }

  private reset(pick: number): void {
    const { points } = this.world.execution;
    if (points.length === 0) return;
    const cutsOff = pick % 2 === 0;
    this.world.reset(pick % points.length, { cutsOff, forgets: pick % 5 === 0, reason: 'again' });
  }

  private restore(pick: number): void {
    const { length } = this.world.tables().checkpoints;
    const steps = this.plan.steps;
    const from = pick % 2 === 0 ? (steps[pick % steps.length]?.key ?? null) : null;
    this.world.restore(1 + (pick % length), from);
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
      case 'request':
        return void world.requestCancel('enough');
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

  private say(what: What, pick: number): void {
    const { world } = this;
    const id = `m${++this.number}`;
    const question = pickOf(Object.keys(world.stateOrNull?.questions ?? {}), pick);
    const signals: Partial<Record<What, readonly [string, unknown]>> = {
      pause: [
        'pause',
        { id, mode: pick % 2 === 0 ? 'after_turn' : 'after_step', timeout_ms: pick % 5 === 0 ? 50 : 0 },
      ],
      now: ['pause', { mode: 'now', timeout_ms: 0 }],
      resume: ['resume', pick % 2 === 0 ? { id, content: 'go', context: 'more' } : undefined],
      say: ['instruction', { id, content: id }],
      interrupt: [
        'instruction',
        { id, content: id, delivery: 'interrupt', target: pick % 2 === 0 ? 's0' : undefined },
      ],
      expiring: ['instruction', { id, content: id, expires_ms: 50 }],
      withdraw: ['withdraw', { id, message: `m${pick % this.number}` }],
      answer: [
        'answer',
        { question, answer: true, decision: pick % 2 === 0 ? 'approve' : 'reject', by: 'bea' },
      ],
      compact: ['compact', { id, target: 's0' }],
      edit: [
        'edit',
        {
          id,
          by: 'ann',
          revision: pick % 5 === 0 ? 7 : undefined,
          plan: editOf(world.stateOrNull?.plan, pick),
        },
      ],
      ...this.toStep(id, pick),
      garbage: [pick % 2 === 0 ? 'pause' : 'explode', ['?']],
      cancel: ['cancel', { id, reason: 'enough', by: 'ann' }],
      redirect: ['redirect', { id, content: 'else' }],
    };
    const [name, payload] = signals[what] ?? [what, undefined];
    world.signal(name, JSON.parse(JSON.stringify(payload ?? null)));
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
      rerun: [
        'edit',
        rerunOf(to(({ completedAt, status }) => completedAt !== null || status === 'retrying')),
      ],
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
    const { activity, input } = world.open.get(id) ?? {};
    if (activity === 'tool' && pick % 4 > 0) return void world.reply(id, proposedOr(world, id, input, pick));
    if (activity !== 'agent') return void world.reply(id, answerOf(world, id));
    if (what === 'correct') return void world.reply(id, turn(`h${++this.number}`, { correction: 'no' }));
    const names = what === 'tools' ? TOOLS.slice(pick % 3) : what === 'ask' ? ['ask_user'] : [];
    world.reply(
      id,
      answerOf(
        world,
        id,
        names.map((name) => call(name, { question: 'Who?' }, `c${++this.number}`)),
      ),
    );
  }
}

test.each([1, INTERPRETER_VERSION])('of version %i', (version) => {
  fc.assert(
    fc.property(
      plans,
      happeningsOf(WHAT, 70),
      fc.constantFrom(30, 120, Number.POSITIVE_INFINITY),
      fc.boolean(),
      (plan, happenings, every, byHand) => {
        const run = new AnyRun(plan, version, every, byHand);
        for (const one of happenings) run.happen(one);
        expect(tablesOf(run.world).run).not.toBeNull();
      },
    ),
    cases(100),
  );
});
