/** Which public event led to which: the seqs that later events refer to (`caused_by`). */
import type { PlanStep } from '../../plan/plan.ts';

export class Causes {
  /** The run's start, of its present branch. */
  start: number | null = null;
  /** What began to end the run: a cancellation, a termination. */
  ending: number | null = null;
  /** The step that settled last. */
  lastSettled: number | null = null;
  readonly #started = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #settled = new Map<string, number>();

  /** A new branch of the run: what happened before led to nothing in it. */
  restart(start: number): void {
    this.start = start;
    this.ending = null;
    this.lastSettled = null;
    this.#started.clear();
    this.#failed.clear();
    this.#settled.clear();
  }

  stepStarted(key: string, seq: number): void {
    this.#started.set(key, seq);
  }

  attemptFailed(key: string, seq: number): void {
    this.#failed.set(key, seq);
  }

  stepSettled(key: string, seq: number): void {
    this.#settled.set(key, seq);
    this.lastSettled = seq;
  }

  /** What led to an attempt's start: the failure before it, else the dependency that settled last. */
  ofStart(step: PlanStep | undefined, attempt: number): number | null {
    const failed = step === undefined ? undefined : this.#failed.get(step.key);
    if (attempt > 1 && failed !== undefined) return failed;
    let latest = this.start;
    for (const key of step?.dependencies ?? []) {
      const seq = this.#settled.get(key);
      if (seq !== undefined && seq > (latest ?? 0)) latest = seq;
    }
    return latest;
  }

  /** What led to the end of an attempt: its start. */
  ofAttempt(key: string): number | null {
    return this.#started.get(key) ?? this.start;
  }

  /** What led to the run's end. */
  ofEnd(): number | null {
    return this.ending ?? this.lastSettled ?? this.start;
  }
}
