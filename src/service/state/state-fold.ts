/**
 * A run's state as it was after one of its events: a fold over its public record, from the first event on. Pure.
 *
 * At the newest event it says what the tables say. What leaves no event is not in it: steps that a later plan of the
 * run no longer has show as `superseded` from the branch on in which nothing was heard of them, and a question that a
 * reset has opened again is not seen.
 */
import type { Json, JsonObject } from '../../plan/json.ts';
import type { RunStateAt, StepStateAt } from '../../contract/state.ts';

/** What the fold reads of an event. */
export interface StateEvent {
  readonly seq: number;
  readonly type: string;
  readonly step: string | null;
  readonly attempt: number | null;
  readonly data: Json;
  readonly at: Date;
}

/** A step that the run has or had, in the plan's order. */
export interface KnownStep {
  readonly key: string;
  readonly superseded: boolean;
}

type Figures = Pick<
  RunStateAt,
  'turns' | 'input_tokens' | 'output_tokens' | 'total_tokens' | 'cost_estimate'
>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Step = Mutable<StepStateAt> & { superseded: boolean; lastSeq: number };
type Question = RunStateAt['open_questions'][number];

const NOTHING_USED: Figures = {
  turns: 0,
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  cost_estimate: 0,
};

export class StateFold {
  readonly #steps: Map<string, Step>;
  readonly #questions = new Map<string, Question>();
  #figures = NOTHING_USED;
  #status: RunStateAt['status'] = 'pending';
  #terminalReason: string | null = null;
  #seq = 0;
  #at: Date | null = null;
  /** The event that began the present branch of the run. */
  #branch = 0;

  constructor(steps: readonly KnownStep[]) {
    this.#steps = new Map(steps.map(({ key, superseded }) => [key, newStep(key, superseded)]));
  }

  /** Takes the next event of the run. */
  apply(event: StateEvent): void {
    this.#seq = event.seq;
    this.#at = event.at;
    const data = objectOf(event.data);
    switch (event.type) {
      case 'status_change':
        if (data['scope'] === 'run') return this.#moveRun(event, data);
        return this.#moveStep(event, data);
      case 'llm_complete':
        return this.#count(event, data);
      case 'question':
        return this.#question(event, data);
      case 'complete':
        this.#status = statusOf(data['status']) ?? this.#status;
        this.#terminalReason = textOf(data['terminal_reason']);
        return;
      default:
    }
  }

  /** The state after the last event that was taken. */
  result(runId: string): RunStateAt {
    return {
      run_id: runId,
      seq: this.#seq,
      at: this.#at?.toISOString() ?? null,
      status: this.#status,
      terminal_reason: this.#terminalReason,
      is_paused: this.#status === 'paused',
      ...this.#figures,
      steps: Array.from(this.#steps.values(), (step) => this.#shown(step)),
      open_questions: [...this.#questions.values()],
    };
  }

  #moveRun({ seq }: StateEvent, data: JsonObject): void {
    this.#status = statusOf(data['to']) ?? this.#status;
    this.#terminalReason = null;
    const restarted = data['restart'] === true;
    if (!restarted && data['reset'] !== true && data['continued'] !== true) return;
    this.#branch = seq;
    this.#questions.clear();
    if (!restarted) return;
    for (const step of this.#steps.values()) {
      if (!step.superseded) Object.assign(step, { status: 'pending', attempt: 0 });
    }
  }

  #moveStep({ seq, step: key, attempt }: StateEvent, data: JsonObject): void {
    const step = this.#step(key);
    if (step === undefined) return;
    step.status = textOf(data['to']) ?? step.status;
    step.attempt = attempt ?? 0;
    step.lastSeq = seq;
  }

  #count({ step: key }: StateEvent, data: JsonObject): void {
    if (data['counted'] === false) return;
    const usage = objectOf(data['usage']);
    this.#figures = plus(this.#figures, usage);
    const step = this.#step(key);
    if (step !== undefined) Object.assign(step, plus(step, usage));
  }

  #question({ step }: StateEvent, data: JsonObject): void {
    const id = textOf(data['question']) ?? '';
    const known = this.#questions.get(id);
    if (data['status'] !== 'open') this.#questions.delete(id);
    else if (known === undefined) {
      const preview = textOf(data['preview']) ?? '';
      this.#questions.set(id, { id, kind: textOf(data['kind']) ?? '', step: step ?? '', preview });
    }
  }

  /** The step of that key, also when the tables do not know it yet. */
  #step(key: string | null): Step | undefined {
    if (key === null) return undefined;
    const step = this.#steps.get(key) ?? newStep(key, false);
    this.#steps.set(key, step);
    return step;
  }

  #shown({ superseded, lastSeq, ...step }: Step): StepStateAt {
    return superseded && this.#branch > lastSeq ? { ...step, status: 'superseded' } : step;
  }
}

function newStep(key: string, superseded: boolean): Step {
  return { key, status: 'pending', attempt: 0, ...NOTHING_USED, superseded, lastSeq: 0 };
}

function plus(sums: Figures, usage: JsonObject): Figures {
  const cost = usage['cost_micros'];
  const known = sums.cost_estimate !== null && typeof cost === 'number';
  return {
    turns: sums.turns + 1,
    input_tokens: sums.input_tokens + countOf(usage['input_tokens']),
    output_tokens: sums.output_tokens + countOf(usage['output_tokens']),
    total_tokens: sums.total_tokens + countOf(usage['total_tokens']),
    cost_estimate: known ? (sums.cost_estimate ?? 0) + cost : null,
  };
}

function statusOf(value: Json | undefined): RunStateAt['status'] | null {
  return textOf(value) as RunStateAt['status'] | null;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function countOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
