/**
 * What has come to its end in a run, each once, whatever pages its history comes in: for whoever makes spans of it.
 *
 * An attempt has ended once the core has taken its end, not with its activity's: then it is known why. A step may end more
 * than once in an epoch, where somebody has it run anew; each is a life of its own. What a branch of the run has taken over
 * from another has not ended in it.
 */
import { isSettled } from '../../../protocol/status.ts';
import type { ShownStepStatus } from '../../../protocol/status.ts';
import type { CallRow } from '../../../tables/projected/llm-calls.ts';
import type { AttemptRow } from '../../../tables/projected/workflow-step-attempts.ts';
import type { EventRow } from '../../../tables/projected/workflow-events.ts';

/** One that had begun. Times are ISO texts in UTC. `execution`: Temporal's, in which it ended. */
export interface EndedStep {
  readonly step: string;
  readonly status: ShownStepStatus;
  /** Lives of the step before this one, in this epoch. */
  readonly life: number;
  readonly at: string;
}

export interface EndedAttempt {
  readonly row: AttemptRow;
  readonly life: number;
  readonly execution: string;
}

export interface EndedCall {
  readonly row: CallRow;
  readonly execution: string;
}

export interface EndedTool {
  readonly step: string;
  readonly attempt: number;
  readonly turn: number;
  readonly index: number;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** null: it was stopped before it had answered. */
  readonly isError: boolean | null;
  readonly execution: string;
}

/** A branch of the run. */
export interface EndedBranch {
  readonly epoch: number;
  readonly from: string;
  readonly to: string;
  /** Another execution has taken the run's place at an earlier point, and the run has not ended. */
  readonly isReplaced: boolean;
  /** Further executions of it, which Temporal's continue-as-new began. */
  readonly executions: readonly { readonly id: string; readonly at: string }[];
}

export interface Ended {
  readonly branches: readonly EndedBranch[];
  readonly steps: readonly EndedStep[];
  readonly attempts: readonly EndedAttempt[];
  readonly calls: readonly EndedCall[];
  readonly tools: readonly EndedTool[];
}

export const NOTHING_ENDED: Ended = { branches: [], steps: [], attempts: [], calls: [], tools: [] };

type OpenTool = Omit<EndedTool, 'to' | 'isError' | 'execution'>;

export class Endings {
  #branches: EndedBranch[] = [];
  #steps: EndedStep[] = [];
  #attempts: EndedAttempt[] = [];
  #calls: EndedCall[] = [];
  #tools: EndedTool[] = [];
  /** Of the present branch. */
  #epoch = 0;
  #since: string;
  #executions: EndedBranch['executions'] = [];
  #hasEnded = false;
  readonly #lives = new Map<string, number>();
  /** Steps that were more than pending in their present life. */
  readonly #begun = new Set<string>();
  readonly #told = new Set<string>();
  /** Calls of tools that have not answered, by attempt and place. */
  readonly #open = new Map<string, Map<string, OpenTool>>();

  /** @param since when the run began */
  constructor(since: string) {
    this.#since = since;
  }

  beginEpoch(epoch: number, since: string): void {
    this.#epoch = epoch;
    this.#since = since;
    this.#executions = [];
    this.#hasEnded = false;
    this.#lives.clear();
    this.#begun.clear();
    this.#told.clear();
    this.#open.clear();
  }

  /** The branch goes on in a further execution. */
  addExecution(id: string, at: string): void {
    this.#executions = [...this.#executions, { id, at }];
  }

  endBranch(to: string, isReplaced = false): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const of = { epoch: this.#epoch, from: this.#since, to, isReplaced, executions: this.#executions };
    this.#branches.push(of);
  }

  endAttempt(row: AttemptRow, execution: string): void {
    const key = `${row.step}#${row.attempt}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#attempts.push({ row, life: this.lifeOf(row.step), execution });
    for (const tool of this.#open.get(key)?.values() ?? []) {
      this.#tools.push({ ...tool, to: row.completed_at ?? tool.from, isError: null, execution });
    }
    this.#open.delete(key);
  }

  endCall(row: CallRow, execution: string): void {
    this.#calls.push({ row, execution });
  }

  /** What public events tell of ends, and of tools. */
  see(event: EventRow): void {
    const { type, step, attempt } = event;
    if (type === 'complete') return this.endBranch(event.at);
    if (step === null) return;
    if (type === 'status_change') return this.#moved(event, step);
    if (attempt === null) return;
    if (type === 'tool_call') this.#called(event, step, attempt);
    else if (type === 'tool_response') this.#answered(event, `${step}#${attempt}`);
  }

  /** Lives of a step that are over. */
  lifeOf(step: string): number {
    return this.#lives.get(step) ?? 0;
  }

  /** What has ended since the last call, with rows as they are now. */
  take(): Ended {
    const copied = <T extends { readonly row: object }>(all: readonly T[]) =>
      all.map((one) => ({ ...one, row: { ...one.row } }));
    const ended: Ended = {
      branches: this.#branches,
      steps: this.#steps,
      attempts: copied(this.#attempts),
      calls: copied(this.#calls),
      tools: this.#tools,
    };
    this.#branches = [];
    this.#steps = [];
    this.#attempts = [];
    this.#calls = [];
    this.#tools = [];
    return ended;
  }

  #moved({ data, at }: EventRow, step: string): void {
    const [from, to] = [data['from'], data['to']] as [ShownStepStatus, ShownStepStatus];
    const was = isSettled(from);
    if (!was && from !== 'pending') this.#begun.add(step);
    if (was && to === 'pending') {
      this.#lives.set(step, this.lifeOf(step) + 1);
      this.#begun.delete(step);
    } else if (!was && isSettled(to) && this.#begun.has(step)) {
      this.#steps.push({ step, status: to, life: this.lifeOf(step), at });
    }
  }

  #called({ turn, data, at }: EventRow, step: string, attempt: number): void {
    const index = Number(data['index'] ?? 0);
    const name = typeof data['name'] === 'string' ? data['name'] : 'unknown';
    const key = `${step}#${attempt}`;
    const open = this.#open.get(key) ?? new Map<string, OpenTool>();
    this.#open.set(key, open);
    open.set(`${turn}.${index}`, { step, attempt, turn: turn ?? 0, index, name, from: at });
  }

  #answered({ turn, data, at, execution_id: execution }: EventRow, key: string): void {
    const place = `${turn}.${Number(data['index'] ?? 0)}`;
    const tool = this.#open.get(key)?.get(place);
    if (tool === undefined) return;
    this.#open.get(key)?.delete(place);
    this.#tools.push({ ...tool, to: at, isError: data['is_error'] === true, execution });
  }
}
