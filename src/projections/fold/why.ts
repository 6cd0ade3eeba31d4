/**
 * Why a step is where it is: what was decided about it, each decision under the public event that tells of it, with the
 * expressions and values that the core saw; and what the step waited for before.
 *
 * Nothing is decided here. The core decides the stored history once more and is watched while it does, so what it says is
 * what was so. What happened to a step while a copy of another execution's history is played is not told twice.
 */
import type { Address } from '../../plan/address.ts';
import { hasEnded } from '../../protocol/status.ts';
import type { EventRow } from '../../tables/projected/workflow-events.ts';
import type { StepRow } from '../../tables/projected/workflow-step-executions.ts';
import { KINDS, waitsFor } from '../../workflows/core/index.ts';
import type { ConditionSeen, Kinds, RunState, Sight, Wait } from '../../workflows/core/index.ts';
import type { Decision } from './execution-fold.ts';
import type { RecordedEvent } from './recorded-event.ts';
import { RunFold } from './run-fold.ts';

/** Times are ms since 1970. */
export type Reason = WaitedReason | EventReason;

/** It has waited for this, or still does. `seq`: the newest event when that began. */
export interface WaitedReason {
  readonly type: 'waited';
  readonly seq: number;
  readonly since: number;
  /** null: it still waits. */
  readonly until: number | null;
  readonly waits: readonly Wait[];
}

/** Something was decided about it. */
export interface EventReason {
  readonly type: 'event';
  readonly event: EventRow;
  readonly epoch: number;
  /** Its `when`, where this was decided by it. */
  readonly condition: ConditionSeen | null;
  /** How a failed attempt was judged. */
  readonly judged: Judged | null;
  /** Another model is asked from now on, since this one failed. */
  readonly routed: Routed | null;
}

type Judged = Extract<Sight, { readonly type: 'judged' }>;
interface Routed {
  readonly from: string | null;
  readonly to: string;
}

export interface Why {
  /** How the step stands. */
  readonly row: StepRow;
  readonly revision: number;
  /** ISO text: when the last event was. */
  readonly at: string;
  readonly waits: readonly Wait[];
  readonly reasons: readonly Reason[];
}

/** Takes the events of a run one by one, for whoever reads them in pages. */
export class WhyReader {
  readonly #fold: RunFold;
  readonly #kinds: Kinds;
  readonly #step: Address;
  readonly #last: number;
  readonly #reasons: Reason[] = [];
  #decision: Decision | null = null;
  #waiting: WaitedReason | null = null;
  #state: { readonly state: RunState; readonly now: number } | null = null;
  #seq = 0;
  #at = '';

  /** @param last seq of the last event that counts */
  constructor(runId: string, step: Address, last: number, kinds: Kinds = KINDS) {
    this.#step = step;
    this.#last = last;
    this.#kinds = kinds;
    this.#fold = new RunFold(runId, kinds, (decision) => (this.#decision = decision));
  }

  beginExecution(executionId: string): void {
    this.#fold.beginExecution(executionId);
  }

  /** Answers whether further ones are wanted. */
  take(event: RecordedEvent): boolean {
    const decision = this.#apply(event);
    const { events } = this.#fold.takeChanges();
    this.#tell(events, decision);
    if (decision !== null || event.kind === 'closed')
      this.#wait(events.at(-1)?.seq ?? this.#seq, decision?.at.now ?? event.timeMs);
    const last = events.find(({ seq }) => seq === this.#last);
    if (last !== undefined) this.#at = last.at;
    this.#seq = events.at(-1)?.seq ?? this.#seq;
    return this.#seq < this.#last;
  }

  /** The history does not tell of so many events. */
  get isShort(): boolean {
    return this.#at === '';
  }

  /** null: the run had no such step then. */
  get why(): Why | null {
    const { rows } = this.#fold;
    const row = rows?.steps.get(this.#step);
    if (rows === null || row === undefined) return null;
    const waiting = this.#waiting === null ? [] : [this.#waiting];
    const reasons = [...this.#reasons, ...waiting].toSorted((one, other) => seqOf(one) - seqOf(other));
    return { row, revision: rows.run.revision, at: this.#at, waits: this.#waits(), reasons };
  }

  #apply(event: RecordedEvent): Decision | null {
    this.#decision = null;
    this.#fold.apply(event);
    const decision = this.#decision as Decision | null;
    if (decision !== null) this.#state = { state: decision.state, now: decision.at.now };
    // Of a branch that begins nothing has been decided.
    else if (event.kind === 'started' && !event.continuedByWorkflow) this.#state = null;
    return decision;
  }

  #tell(events: readonly EventRow[], decision: Decision | null): void {
    const own = events.filter((event) => event.seq <= this.#last && concerns(event, this.#step));
    if (own.length === 0) return;
    const means = meansOf(decision, this.#step);
    const epoch = this.#fold.rows?.run.epoch ?? 0;
    for (const event of own) {
      const reason = { type: 'event', event, epoch, ...means.take(event) } as const;
      if (isDecision(reason, this.#step)) this.#reasons.push(reason);
    }
  }

  /** What it waits for has changed, or not. That workers are at it is no wait. */
  #wait(seq: number, now: number): void {
    const waits = this.#waits().filter((wait) => wait.for !== 'work');
    const before = this.#waiting;
    if (kindsOf(before?.waits ?? []) === kindsOf(waits)) return;
    if (before !== null) this.#reasons.push({ ...before, until: now });
    this.#waiting = waits.length === 0 ? null : { type: 'waited', seq, since: now, until: null, waits };
  }

  #waits(): readonly Wait[] {
    const { rows } = this.#fold;
    if (this.#state === null || rows === null || hasEnded(rows.run)) return [];
    const { state, now } = this.#state;
    try {
      return waitsFor(state, this.#step, now, this.#kinds);
    } catch {
      // Only a forged state is none that can be asked; the fold goes on with it as far as it can, and so does this.
      return [];
    }
  }
}

const seqOf = (reason: Reason): number => (reason.type === 'waited' ? reason.seq + 0.5 : reason.event.seq);

/** What it waits for, without that some of it has come. */
function kindsOf(waits: readonly Wait[]): string {
  return waits.map((wait) => (wait.for === 'alone' ? `alone ${wait.step}` : wait.for)).join(' ');
}

/** Speaks of the step, or says that a plan has it or has it no more. */
function concerns({ step, type, data }: EventRow, address: Address): boolean {
  if (step === address || data['target'] === address) return true;
  return type === 'plan' && ['added', 'removed', 'rewired'].some((name) => includes(data[name], address));
}

const includes = (names: unknown, name: string): boolean => Array.isArray(names) && names.includes(name);

/** What became of turns and calls of an agent is told elsewhere; so is that a message was taken. */
function isDecision({ event, routed }: EventReason, address: Address): boolean {
  const { type, data, step } = event;
  if (type === 'plan') return true;
  if (type === 'message')
    return routed !== null || (data['status'] === 'ignored' && data['receipt'] !== true);
  // That it waits is told by what it waits for.
  const waits = data['to'] === 'waiting' && data['from'] !== 'pending';
  return type === 'status_change' && step === address && !waits;
}

/** What the core saw in one decision, given to the events that it led to, each once. */
function meansOf(decision: Decision | null, step: Address) {
  const sights = (decision?.sights ?? []).filter((sight) => sight.step === step);
  const judged = sights.filter((sight): sight is Judged => sight.type === 'judged');
  const conditions = sights.flatMap((sight) =>
    sight.type === 'condition' && !('later' in sight.condition.answer) ? [sight.condition] : [],
  );
  const routed = (decision?.notes ?? []).flatMap(({ note }): Routed[] =>
    note.type === 'agent_fallback' && note.step === step ? [{ from: note.from, to: note.to }] : [],
  );
  const take = (event: EventRow) => {
    const { type, data, step: of } = event;
    const to = type === 'status_change' && of === step ? data['to'] : null;
    const begins = (to === 'running' || to === 'waiting') && data['from'] === 'pending';
    const isFailure =
      to === 'retrying' || to === 'failed' || (to === 'completed' && data['fallback'] === true);
    const isUnmade = to === 'skipped' || (to === 'failed' && judged.length === 0);
    return {
      condition: begins || isUnmade ? (conditions.shift() ?? null) : null,
      judged: isFailure ? (judged.shift() ?? null) : null,
      routed: tellsOf(event, routed[0]) ? (routed.shift() ?? null) : null,
    };
  };
  return { take };
}

/** Does the comment say that another model is asked? */
function tellsOf({ type, data, turn }: EventRow, routed: Routed | undefined): boolean {
  if (routed === undefined || type !== 'message' || turn !== null) return false;
  const said = data['content'];
  return typeof said === 'string' && said.startsWith(`Model ${routed.from ?? '(default)'} failed`);
}
