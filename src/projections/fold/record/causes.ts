/**
 * Which public event led to which: the seqs that later events refer to (`caused_by`).
 *
 *     step starts ─▶ model answers ─▶ tool is called ─▶ tool answers ─▶ model answers … ─▶ step settles ─▶ next step
 *           ▲                └─▶ question ─▶ answer ─┘
 *     error ┘ (a further attempt)
 */
import type { PlanStep } from '../../../plan/plan.ts';

export class Causes {
  /** The run's start, of its present branch. */
  start: number | null = null;
  /** What began to end the run: a cancellation, a termination. */
  ending: number | null = null;
  /** The step that settled last. */
  lastSettled: number | null = null;
  /** The newest pause, and the newest message that was to be heard at once. */
  pause: number | null = null;
  interruption: number | null = null;
  /** The workspace's newest event. */
  workspace: number | null = null;
  readonly #started = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #settled = new Map<string, number>();
  /** What happened last in an open step, and so leads to what it does next. */
  readonly #latest = new Map<string, number>();
  readonly #answers = new Map<string, number>();
  /** What a person has said of a step that runs anew. */
  readonly #anew = new Map<string, number>();
  /** Of a step: seqs by call, of its present turn. */
  readonly #calls = new Map<string, Map<string, number>>();
  readonly #questions = new Map<string, number>();

  /** A new branch of the run: what happened before led to nothing in it. */
  restart(start: number): void {
    this.start = start;
    this.ending = null;
    this.lastSettled = null;
    this.workspace = null;
    this.pause = null;
    this.interruption = null;
    for (const seqs of [this.#started, this.#failed, this.#settled, this.#latest]) seqs.clear();
    for (const seqs of [this.#answers, this.#questions, this.#anew]) seqs.clear();
    this.#calls.clear();
  }

  /** The step runs anew: what it has done before leads to nothing that it does from here on. */
  stepAnew(key: string, seq: number): void {
    for (const seqs of [this.#started, this.#failed, this.#settled, this.#latest, this.#answers])
      seqs.delete(key);
    this.#calls.delete(key);
    this.#anew.set(key, seq);
  }

  stepStarted(key: string, seq: number): void {
    this.#started.set(key, seq);
    this.#latest.set(key, seq);
    this.#answers.delete(key);
  }

  attemptFailed(key: string, seq: number): void {
    this.#failed.set(key, seq);
  }

  stepSettled(key: string, seq: number): void {
    this.#settled.set(key, seq);
    this.lastSettled = seq;
  }

  /** A model has answered, or failed to. */
  modelAnswered(key: string, seq: number): void {
    this.#answers.set(key, seq);
    this.#latest.set(key, seq);
    this.#calls.delete(key);
  }

  /** A correction, a limit, a person's answer: what an agent does next comes from it. */
  leadsOn(key: string, seq: number): void {
    this.#latest.set(key, seq);
  }

  /** A tool's call was asked about, or made. @param call its id, or whatever else tells the calls of a turn apart */
  toolCalled(key: string, call: string, seq: number): void {
    const calls = this.#calls.get(key) ?? new Map<string, number>();
    calls.set(call, seq);
    this.#calls.set(key, calls);
  }

  questionMoved(question: string, seq: number): void {
    this.#questions.set(question, seq);
  }

  /** What led to an attempt's start: the failure before it, else that it runs anew, or the dependency that settled last. */
  ofStart(step: PlanStep | undefined, attempt: number): number | null {
    const failed = step === undefined ? undefined : this.#failed.get(step.key);
    if (attempt > 1 && failed !== undefined) return failed;
    let latest = (step === undefined ? undefined : this.#anew.get(step.key)) ?? this.start;
    for (const key of step?.dependencies ?? []) {
      const seq = this.#settled.get(key);
      if (seq !== undefined && seq > (latest ?? 0)) latest = seq;
    }
    return latest;
  }

  /** What led to the end of an attempt, or to an agent's next model call: what happened in it last, else its start. */
  ofAttempt(key: string): number | null {
    return this.#latest.get(key) ?? this.#started.get(key) ?? this.#anew.get(key) ?? this.start;
  }

  /** The model's answer that an agent's step has come to. */
  ofAnswer(key: string): number | null {
    return this.#answers.get(key) ?? this.ofAttempt(key);
  }

  /** What brought a pause further: the step that settled last, once one has. */
  ofDraining(): number | null {
    return Math.max(this.lastSettled ?? 0, this.pause ?? 0) || this.start;
  }

  /** What led to a tool's call, or to a question about it: the answer that asked for it, unless it was called before. */
  ofCall(key: string, ...calls: readonly string[]): number | null {
    const known = this.#calls.get(key);
    const called = calls.map((call) => known?.get(call)).find((seq) => seq !== undefined);
    return called ?? this.#answers.get(key) ?? this.ofAttempt(key);
  }

  /** What led to a question's next movement: the one before. */
  ofQuestion(question: string): number | null {
    return this.#questions.get(question) ?? this.start;
  }

  /** What led to the run's end. */
  ofEnd(): number | null {
    return this.ending ?? this.lastSettled ?? this.start;
  }
}
