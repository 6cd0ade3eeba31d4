/**
 * Versions of the interpreter: what each changed, and the one question that the core asks of them.
 *
 * A run keeps for life the version that it began with, over continue-as-new, continuation and redirect, so that its
 * history means the same to every later worker and fold. Code that would decide otherwise than before adds a change
 * here and branches on {@link since}; the branch for older runs stays. Every version's recorded histories
 * (`test/histories`) are replayed and folded for ever.
 */
import { INTERPRETER_VERSION } from '../../../protocol/envelope.ts';

/** The first version that behaves so. */
const CHANGES = {
  /** Arguments, plans, signals and results are checked for form before anything is decided. */
  checked_forms: 2,
  /** Expressions and forms pay for all that grows with the values, and their patterns take linear time. */
  counted_expressions: 2,
  /** Whole numbers stay what they are, whatever their size; before, those beyond 2^53 were rounded. */
  exact_numbers: 2,
  /** Errors tell expressions and tables more than type and message: exit code, ends of output, status, body. */
  telling_errors: 2,
  /**
   * What was under way when a run ended is not done again under another key: calls of tools are closed for the model,
   * steps go on with the same try.
   */
  known_tries: 2,
  /** An operator's start makes its epoch of the whole id of its execution. */
  whole_epochs: 2,
  /** A step that is stopped says by what and by whom, and not what else had happened before. */
  true_causes: 2,
  /** A pause that names no mode stops agents between two turns. */
  safe_pauses: 2,
  /**
   * A failure that passes of one of an agent's models is not forgotten over the failures of those that stood in, and
   * these use up no retry.
   */
  models_recover: 2,
  /** An answer that a limit of tokens has cut is gone on with; a call that was cut is not made. */
  cut_answers: 2,
  /** Older turns of an agent are summarised before they outgrow the model's window, or when a person asks. */
  compaction: 2,
  /** A call of a tool that the agent does not have is answered briefly: there may be hundreds of them. */
  short_refusals: 2,
  /** A message is another's repetition when it says the same, however it is put. */
  said_by_meaning: 2,
  /** Public events hold, or refer to, the whole of what they show the beginning of. */
  whole_events: 2,
  /** Functions on texts count characters, not UTF-16 units; so does dialect 2 of expressions. */
  texts_in_characters: 2,
  /** An event tells that a run has its plan, with its steps. */
  told_plans: 2,
  /** An answer, or that nobody answered, counts only once the plan is there to say what follows from it. */
  planned_answers: 2,
  /** The plan of a run can be edited while it runs. */
  plan_edits: 3,
  /** Single steps take commands: skip, hold, release, retry now, stop retrying, override, set limits. */
  step_commands: 3,
  /** A person can name the point at which a run stands: the task becomes a checkpoint with that label. */
  labelled_checkpoints: 3,
  /** Steps and agents propose edits of the plan of their own run. */
  plan_proposals: 3,
  /** The state knows the newest snapshot of the workspace's files, and files can be brought back. */
  workspace_snapshots: 3,
  /** What transforms make, and what people are asked, is stored by an activity once there is much of it. */
  few_unstored_values: 4,
} as const satisfies Readonly<Record<string, number>>;

export type Change = keyof typeof CHANGES;

/** What a run has until its plan's loader says which version it gets: operators' starts name none. */
export const FIRST_VERSION = 1;

/** A run of an interpreter version that this code does not know. */
export class UnknownInterpreterError extends Error {
  override readonly name = 'UnknownInterpreterError';
  /** A newer Baton knows it. */
  readonly isNewer: boolean;

  constructor(version: number) {
    super(
      `the run is of interpreter version ${version}, and this Baton knows those up to ${INTERPRETER_VERSION}`,
    );
    this.isNewer = version > INTERPRETER_VERSION;
  }
}

/** Does a run of this version behave so? */
export function since({ interpreter }: { readonly interpreter: number }, change: Change): boolean {
  return interpreter >= CHANGES[change];
}

/**
 * The version, if this code knows it.
 *
 * @throws UnknownInterpreterError: the task is left to a newer worker
 */
export function knownVersion(version: number): number {
  if (version >= FIRST_VERSION && version <= INTERPRETER_VERSION) return version;
  throw new UnknownInterpreterError(version);
}
