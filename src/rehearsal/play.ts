/**
 * Plays a plan with what a run has recorded: the core decides as it does in a workflow, its activities answer with the
 * recorded results in the order in which these came, and its clocks do not wait.
 *
 * Pure. What nobody has recorded is answered with null, and named: what is read of it is not known.
 */
import type { Json } from '../plan/json.ts';
import type { AnySpec, Plan, PlanStep } from '../plan/plan.ts';
import type { Use } from '../plan/template.ts';
import type { StepActivityInput, WorkspaceOutput } from '../protocol/activity.ts';
import { WORKSPACE_ACTIVITY } from '../protocol/activity.ts';
import { INTERPRETER_VERSION } from '../protocol/envelope.ts';
import type { Envelope } from '../protocol/envelope.ts';
import type { StepStatus } from '../protocol/status.ts';
import { NOT_BEGUN, playTask, REHEARSED } from '../workflows/core/index.ts';
import type {
  CloseCommand,
  Command,
  ConditionSeen,
  Fact,
  Hosted,
  RunState,
  ScheduleAction,
  Sight,
  Start,
} from '../workflows/core/index.ts';
import { misfitsOf, renderInput, Values } from './answer.ts';
import type { RecordedStep, Recording } from '../recording/index.ts';

export interface Played {
  /** How each step ended. */
  readonly statuses: Readonly<Record<string, StepStatus>>;
  /** Why steps were skipped or stopped, or failed. */
  readonly reasons: Readonly<Record<string, string>>;
  /** The conditions that were asked, with what they saw. */
  readonly conditions: Readonly<Record<string, ConditionSeen>>;
  readonly breaks: readonly Break[];
  /** Steps that ran and have no recorded result. */
  readonly unknown: readonly string[];
  /** Steps that read of these. */
  readonly uncertain: readonly string[];
  readonly status: 'completed' | 'failed';
  /** Of a failed run. */
  readonly message: string | null;
  readonly output: Json;
}

/** What would not work. `step` null: the run's own inputs or outputs. */
export interface Break {
  readonly kind: 'inputs' | 'reference' | 'expression' | 'condition' | 'schema' | 'outputs' | 'stuck';
  readonly step: string | null;
  readonly message: string;
}

/** Tasks of one run; a plan of 2,000 steps has as many. */
const MOST_TASKS = 20_000;

export function play(plan: Plan, recording: Recording): Played {
  return new Play(plan, recording).run();
}

class Play {
  readonly #plan: Plan;
  readonly #recording: Recording;
  readonly #order: ReadonlyMap<string, number>;
  readonly #steps: ReadonlyMap<string, PlanStep>;
  readonly #values = new Values();
  readonly #activities = new Map<string, ScheduleAction>();
  readonly #conditions = new Map<string, ConditionSeen>();
  readonly #breaks: Break[] = [];
  readonly #unknown = new Set<string>();
  readonly #uncertain = new Set<string>();
  #hosted: Hosted = NOT_BEGUN;
  #now = 0;
  #closed: CloseCommand | null = null;

  constructor(plan: Plan, recording: Recording) {
    this.#plan = plan;
    this.#recording = recording;
    this.#steps = new Map(plan.steps.map((step) => [step.key, step]));
    this.#order = new Map(Object.keys(recording.steps).map((key, at) => [key, at]));
  }

  run(): Played {
    let facts: readonly Fact[] = [];
    for (let task = 0; this.#closed === null; task++) {
      const stopped = this.#task(facts);
      if (this.#closed !== null) break;
      facts = stopped.length > 0 ? stopped : this.#next();
      if (facts.length > 0 && task < MOST_TASKS) continue;
      this.#breaks.push({ kind: 'stuck', step: null, message: 'nothing would lead to the end of the run' });
      break;
    }
    return this.#played();
  }

  /** Answers what the task has asked to stop. */
  #task(facts: readonly Fact[]): readonly Fact[] {
    const { state, underway, commands } = playTask(
      this.#hosted,
      {
        start: this.#start(),
        facts: facts.map((fact) => ({ fact })),
        at: { now: this.#now, historyLength: 3, continueSuggested: false },
        fromTask: (fact: Fact) => ({ fact }),
        watch: (sight) => this.#see(sight),
      },
      REHEARSED,
    );
    this.#hosted = { state, underway };
    return commands.flatMap((command) => this.#carryOut(command));
  }

  #start(): Start {
    const envelope: Envelope = {
      interpreter: INTERPRETER_VERSION,
      plan: this.#plan,
      epoch: 0,
      labels: {},
      startedBy: null,
    };
    const { run: runId, inputs } = this.#recording;
    const inline = new Set(
      conditionUses(this.#plan).flatMap((use) => (use.root === 'inputs' ? [use.name] : [])),
    );
    const id = { runId, workflow: this.#plan.name, firstExecutionId: 'rehearsal' };
    return { ...id, inputs: this.#values.inputs(inputs, inline), envelope };
  }

  #see(sight: Sight): void {
    if (sight.type !== 'condition' || 'later' in sight.condition.answer) return;
    const { step, condition } = sight;
    this.#conditions.set(step, condition);
    const uses = this.#steps.get(step)?.when?.uses ?? [];
    const isUncertain = this.#readsUnknown(uses);
    if (isUncertain) this.#uncertain.add(step);
    else if ('error' in condition.answer) this.#break('condition', step, condition.answer.error);
  }

  #carryOut(command: Command): readonly Fact[] {
    switch (command.type) {
      case 'schedule':
        this.#activities.set(command.id, command);
        return [];
      case 'cancel_activity':
        this.#activities.delete(command.id);
        return [{ type: 'activity_cancelled', id: command.id, details: null }];
      case 'close':
        this.#closed = command;
        return [];
      default:
        return [];
    }
  }

  /** The activity that answered first of those under way, else the clock that is due next. */
  #next(): readonly Fact[] {
    const activity = this.#firstToAnswer();
    if (activity !== undefined) {
      this.#activities.delete(activity.id);
      return [this.#answer(activity)];
    }
    const timers = Object.entries(this.#state.timers).filter(([, timer]) => timer.for !== 'timeout');
    const [next] = timers.toSorted(([, one], [, other]) => one.dueAt - other.dueAt);
    if (next === undefined) return [];
    this.#now = Math.max(this.#now, next[1].dueAt);
    return [{ type: 'timer_fired', id: next[0] }];
  }

  #firstToAnswer(): ScheduleAction | undefined {
    let first: { readonly action: ScheduleAction; readonly place: number } | undefined;
    for (const action of this.#activities.values()) {
      const place = this.#order.get(keyOf(action.input)) ?? Number.MAX_SAFE_INTEGER;
      if (first === undefined || place < first.place) first = { action, place };
    }
    return first?.action;
  }

  #answer({ id, activity, input }: ScheduleAction): Fact {
    if (activity === WORKSPACE_ACTIVITY) return { type: 'activity_completed', id, result: WORKSPACE };
    const asked = input as StepActivityInput<AnySpec>;
    const { key } = asked.step;
    const step = this.#steps.get(key);
    const isUncertain = this.#readsUnknown(step?.uses ?? []);
    if (isUncertain && step !== undefined) this.#uncertain.add(key);
    const rendered = renderInput(asked, this.#values);
    if ('code' in rendered && !isUncertain) {
      // The outputs themselves are told when the run has failed by them.
      if (step !== undefined)
        this.#break(rendered.code === 'value_missing' ? 'reference' : 'expression', key, rendered.message);
      return failed(id, rendered.code, rendered.message);
    }
    if (asked.spec.kind === 'transform')
      return this.#completed(id, asked, 'value' in rendered ? rendered.value : null);
    return this.#recorded(id, asked);
  }

  #recorded(id: string, asked: StepActivityInput<AnySpec>): Fact {
    const { key } = asked.step;
    const recorded = this.#recordedOf(key);
    const { error } = recorded ?? {};
    // A fallback that took the place of a result does so again.
    const hasFallback = this.#steps.get(key)?.onError.action === 'fallback';
    if (error !== undefined && (recorded?.status === 'failed' || hasFallback))
      return failed(id, error.type, error.message, error.data);
    if (recorded?.status !== 'completed') {
      this.#unknown.add(key);
      return this.#completed(id, asked, null);
    }
    const misfits = misfitsOf(asked, recorded);
    if (misfits.length > 0)
      this.#break('schema', key, `its recorded result does not fit: ${misfits.slice(0, 5).join('; ')}`);
    return this.#completed(id, asked, recorded.result ?? null);
  }

  #completed(id: string, { keep }: StepActivityInput<AnySpec>, value: Json): Fact {
    return { type: 'activity_completed', id, result: { result: this.#values.result(value, keep) } };
  }

  /** Of steps that nobody has recorded, or that have read of such. */
  #readsUnknown(uses: readonly Use[]): boolean {
    return uses.some(
      (use) => use.root === 'steps' && (this.#unknown.has(use.name) || this.#uncertain.has(use.name)),
    );
  }

  #break(kind: Break['kind'], step: string | null, message: string): void {
    const isTold = this.#breaks.some((one) => one.step === step && one.message === message);
    const { status, error } = this.#recordedOf(step) ?? {};
    const hadFailedSo = status === 'failed' && OWN_FAULTS.has(error?.type ?? '');
    if (!isTold && !hadFailedSo) this.#breaks.push({ kind, step, message });
  }

  #recordedOf(step: string | null): RecordedStep | undefined {
    const { steps } = this.#recording;
    return step !== null && Object.hasOwn(steps, step) ? steps[step] : undefined;
  }

  get #state(): RunState {
    if (this.#hosted.state === null) throw new Error('no task has been played');
    return this.#hosted.state;
  }

  #played(): Played {
    const { steps } = this.#state;
    const entries = Object.entries(steps);
    for (const [key, { status, error }] of entries) {
      // Conditions have been told with what they saw.
      const isEvaluated =
        error !== undefined && OWN_FAULTS.has(error.type) && !error.message.startsWith('when: ');
      if (status === 'failed' && isEvaluated && !this.#readsUnknown(this.#usesOf(key)))
        this.#break(error.type === 'value_missing' ? 'reference' : 'expression', key, error.message);
    }
    const closed = this.#closed;
    const message = closed?.status === 'failed' ? closed.message : null;
    if (closed?.status === 'failed' && closed.failureType === 'inputs_invalid')
      this.#break('inputs', null, closed.message);
    if (message?.startsWith('outputs: ') === true) this.#break('outputs', null, message);
    return {
      statuses: Object.fromEntries(entries.map(([key, { status }]) => [key, status])),
      reasons: Object.fromEntries(
        entries.flatMap(([key, { reason, error }]) => {
          const why = reason ?? error?.message;
          return why === undefined ? [] : [[key, why]];
        }),
      ),
      conditions: Object.fromEntries(this.#conditions),
      breaks: this.#breaks,
      unknown: [...this.#unknown],
      uncertain: [...this.#uncertain],
      status: closed?.status === 'completed' ? 'completed' : 'failed',
      message,
      output: closed?.status === 'completed' ? this.#values.whole(closed.result as Json) : null,
    };
  }

  #usesOf(key: string): readonly Use[] {
    const step = this.#steps.get(key);
    return step === undefined ? [] : [...step.uses, ...(step.when?.uses ?? [])];
  }
}

/** What the workflow's own evaluations fail with; a recorded failure is told as one. */
const OWN_FAULTS: ReadonlySet<string> = new Set([
  'value_missing',
  'expression_error',
  'expression_too_expensive',
]);

const WORKSPACE: WorkspaceOutput = { path: '/rehearsal', queue: 'rehearsal', commit: null, comment: '' };

const keyOf = (input: ScheduleAction['input']): string => ('step' in input ? input.step.key : '');

function failed(id: string, type: string, message: string, data: Json = {}): Fact {
  const details = { retryable: false, data };
  return { type: 'activity_failed', id, failure: { kind: 'application', type, message, details } };
}

function conditionUses({ steps }: Plan): readonly Use[] {
  return steps.flatMap(({ when, retry }) => [...(when?.uses ?? []), ...(retry.if?.uses ?? [])]);
}
