/**
 * What a kind of step is to the run: the one place where kinds differ. Whoever has a step asks {@link kindOf}, and
 * nobody asks which kind that is. The kinds of the product are listed in `kinds/index.ts`.
 *
 * What is not here is the same for all: readiness, conditions, retries, `onError`, the window and the workspace;
 * cancelling, where what is open is asked to stop and the rest is cancelled at once; and the line of the status, which
 * is told by the step's state.
 *
 * A kind's functions change the draft and nothing else. They are called in an order that both hosts share.
 */
import type { Form } from '../../../plan/forms.ts';
import { planFormOf } from '../../../plan/plan-form.ts';
import type { AnySpec, Plan, PlanStep } from '../../../plan/plan.ts';
import type { Continuation } from '../../../protocol/envelope.ts';
import type { NewLimits } from '../../../protocol/new-limits.ts';
import type { QuestionKind } from '../../../protocol/question.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import type { Draft } from './draft.ts';
import type { Judged } from './failures.ts';
import type { StepOwner } from './owners.ts';
import type { Receipt } from './receipt.ts';
import type { ScopeOwner } from './scope-owner.ts';
import type { AbortReason, OwnState, QuestionState, StepState } from './state.ts';
import type { TimerPurpose } from './timers.ts';

/** @typeParam S what its steps are compiled to */
export interface Kind<S extends AnySpec = AnySpec> {
  /** What a spec of it looks like, for plans from outside. */
  readonly form: Form<S>;
  /** The member of a step's state that only its steps have, while they are at work; null: none. */
  readonly own: OwnState | null;
  /** Most ms of one activity where the definition does not say. */
  readonly timeoutMs: number;

  /** Begins a step that is ready, or tries it again: as an activity, a timer, a question, or here and now. */
  start(draft: Draft, step: PlanStep<S>): StartOutcome;

  /** An activity of the step has answered with whatever it was. */
  answered(draft: Draft, step: PlanStep<S>, owner: StepOwner, result: unknown): void;
  /** It has failed. @param words what it told beside that, of whatever form; null: nothing */
  failed(draft: Draft, step: PlanStep<S>, owner: StepOwner, judged: Judged, words: unknown): void;
  /** It was asked to stop so that its step goes on otherwise, or later, and has stopped. */
  interrupted(draft: Draft, step: PlanStep<S>, owner: StepOwner, why: AbortReason, words: unknown): void;

  /** The state with which a step of a closed run begins again, where it is not begun anew. */
  reopened(draft: Draft, state: StepState): StepState;

  /** Its work may have effects in the world that a repetition has again. Absent: it has none. */
  acts?(step: PlanStep<S>): boolean;

  /** What its own timers lead to. The plan may not be there yet. */
  readonly timers?: Handlers<TimerPurpose, (draft: Draft, key: string) => void>;
  /** What the questions that its steps ask lead to. The plan may not be there yet. */
  readonly questions?: Handlers<QuestionKind, Asking>;
  /** Its steps go on by themselves after what they began has ended. */
  readonly moves?: Moves<S>;
  /** People can talk to its steps. */
  readonly talks?: Talks<S>;
  /** Whoever does its work outside hears what people say to a step that is at work: the core hands nothing on itself. */
  readonly hears?: true;
  /** Its steps have limits that people can set anew. */
  readonly limits?: Limited<S>;
  /** A continued step goes on in what it had begun. */
  readonly continues?: Continues<S>;
  /** Its steps run others inside, once an item or round. Its own state is `tally`. */
  readonly scopes?: ScopeOwner<S>;
}

/**
 * What became of a step that was to start. `settled`: it has ended already, so others may have become ready; `blocked`:
 * not now; `full`: nothing more may start in this task.
 */
export type StartOutcome = 'started' | 'settled' | 'blocked' | 'full';

interface Asking {
  /** One more person has answered, as the question wants it; the question is still open. */
  answered(draft: Draft, question: QuestionState, message: SignalMessage): void;
  /** Its time is over. */
  expired(draft: Draft, question: QuestionState): void;
}

interface Moves<S extends AnySpec = AnySpec> {
  /** Moves a step that is at work as far as it goes. Called once a task, after all facts. */
  move(draft: Draft, step: PlanStep<S>): void;
  /** Is a running step within what a pause `after_turn` lets it bring to its end? */
  isInTurn(state: StepState): boolean;
  /** A pause of so many ms is over: it counts for no limit of any step. The plan may not be there yet. */
  forgive(draft: Draft, ms: number): void;
}

interface Talks<S extends AnySpec = AnySpec> {
  /** Whom messages name, beside the step itself. */
  nameOf(step: PlanStep<S>): string;
  /** Stops what the step does, so that it hears a message as soon as possible. */
  interrupt(draft: Draft, step: PlanStep<S>): void;
  /** A person wants what was said to be summarised; the step has not ended. */
  compact(draft: Draft, step: PlanStep<S>): Receipt;
  /** The run has something to tell to a step that has not ended. */
  tell(draft: Draft, step: PlanStep<S>, text: string): void;
}

interface Limited<S extends AnySpec = AnySpec> {
  /** The step, which has not ended, gets these limits. */
  set(draft: Draft, step: PlanStep<S>, limits: NewLimits, message: SignalMessage): Receipt;
  /** Limits of the run are others: a step that waits because of one may go on. */
  review(draft: Draft, step: PlanStep<S>): void;
}

interface Continues<S extends AnySpec = AnySpec> {
  /** Closes what was under way when the run ended, and is not to be done again. @param why it had ended */
  closeCut(draft: Draft, step: PlanStep<S>, why: string): void;
  /** It is one of the steps that are continued. */
  goOn(draft: Draft, step: PlanStep<S>, wanted: Continuation): void;
}

type Handlers<Name extends string, Handler> = { readonly [name in Name]?: Handler };

/** Kinds, and what they answer for, each to be found at once. */
export interface Kinds {
  readonly byName: Readonly<Record<string, Kind>>;
  readonly timers: Handlers<TimerPurpose, (draft: Draft, key: string) => void>;
  readonly questions: Handlers<QuestionKind, Asking>;
  readonly moves: readonly Moves[];
  readonly own: readonly OwnState[];
  /** Of plans whose steps are of these kinds. */
  readonly planForm: Form<Plan>;
}

export function kindsOf(byName: Readonly<Record<string, Kind>>): Kinds {
  const all = Object.values(byName);
  return {
    byName,
    timers: Object.assign({}, ...all.map(({ timers }) => timers)) as Kinds['timers'],
    questions: Object.assign({}, ...all.map(({ questions }) => questions)) as Kinds['questions'],
    moves: all.flatMap(({ moves }) => moves ?? []),
    own: all.flatMap(({ own }) => own ?? []),
    planForm: planFormOf(Object.fromEntries(Object.entries(byName).map(([name, { form }]) => [name, form]))),
  };
}

/** @throws Error where a plan that nobody has checked names a kind that there is not */
export function kindOf({ kinds }: Pick<Draft, 'kinds'>, { spec }: PlanStep<AnySpec>): Kind {
  const kind = kinds.byName[spec.kind];
  if (kind === undefined) throw new Error(`there is no kind of step "${spec.kind}"`);
  return kind;
}

/** The work of the step may have effects in the world that are not to happen twice: as its author says, else its kind. */
export function mayAct(kinds: Kinds, step: PlanStep<AnySpec>): boolean {
  const { idempotent } = step;
  return idempotent === undefined ? (kindOf({ kinds }, step).acts?.(step) ?? false) : !idempotent;
}
