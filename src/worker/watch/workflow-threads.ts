/**
 * The threads of a worker's workflow code, each replaced when it hangs or dies.
 *
 * The SDK ends a worker whose workflow code takes over 5 s, if the process survives that at all. Here such a thread is
 * ended alone: the task it hung in fails, the runs in its cache are replayed by another, and activities of the same
 * process notice nothing. Takes the place of the SDK's own creator of workflows, which is not meant to be replaced: the
 * version of the SDK is pinned, and test/worker/stalls.test.ts shows that this still fits.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  Workflow,
  WorkflowCreateOptions,
  WorkflowCreator,
} from '@temporalio/worker/lib/workflow/interface.js';
import {
  ThreadedVMWorkflowCreator,
  VMWorkflowThreadProxy,
  type ThreadedVMWorkflowCreatorOptions,
  type WorkerThreadClient,
} from '@temporalio/worker/lib/workflow/threaded-vm.js';
import { WorkflowThread, type ThreadWork } from './workflow-thread.ts';

/** From one look at every thread to the next. */
const LOOK_MS = 500;
/** What cannot be interrupted by then (a native call) takes its process with it. */
const KILL_MS = 2_000;

/** A thread that hung. */
export interface ThreadStall extends ThreadWork {
  /** What it evaluated when it was ended. */
  readonly expression: string | null;
}

export interface ThreadWatch {
  /** How long a thread may work without an answer. */
  readonly patienceMs: number;
  /** A thread hangs; it is ended once this resolves. Never rejects. */
  readonly onStall: (stall: ThreadStall) => Promise<void>;
  /** A thread ended by itself. */
  readonly onDeath: (cause: string) => void;
  /** A thread cannot be ended: its process has to be. */
  readonly onStuck: () => void;
  /** Told with every look: threads at work, and how long the longest has not answered, in ms. */
  readonly onLook: (silentMs: number) => void;
}

interface Slot {
  thread: Promise<WorkflowThread>;
  /** null while it is being made. */
  current: WorkflowThread | null;
  answered: number;
  silentLooks: number;
}

const watchOfWorker = new AsyncLocalStorage<ThreadWatch>();
const createUnwatched = ThreadedVMWorkflowCreator.create.bind(ThreadedVMWorkflowCreator);
ThreadedVMWorkflowCreator.create = async (options) => {
  const watch = watchOfWorker.getStore();
  if (watch === undefined) return createUnwatched(options);
  return (await WorkflowThreads.create(options, watch)) as unknown as ThreadedVMWorkflowCreator;
};

/** The workers that `make` creates run their workflow code in watched threads. */
export function withWatchedThreads<T>(watch: ThreadWatch, make: () => T): T {
  return watchOfWorker.run(watch, make);
}

class WorkflowThreads implements WorkflowCreator {
  readonly #options: ThreadedVMWorkflowCreatorOptions;
  readonly #watch: ThreadWatch;
  readonly #slots: readonly Slot[];
  readonly #timer: NodeJS.Timeout;
  #lookedMs = performance.now();

  private constructor(options: ThreadedVMWorkflowCreatorOptions, watch: ThreadWatch) {
    this.#options = options;
    this.#watch = watch;
    this.#slots = Array.from({ length: options.threadPoolSize }, () => this.#fill({} as Slot));
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  static async create(
    options: ThreadedVMWorkflowCreatorOptions,
    watch: ThreadWatch,
  ): Promise<WorkflowThreads> {
    const threads = new WorkflowThreads(options, watch);
    await Promise.all(threads.#slots.map(({ thread }) => thread));
    return threads;
  }

  async createWorkflow(options: WorkflowCreateOptions): Promise<Workflow> {
    const ready = this.#slots.filter(({ current }) => current !== null);
    const slots = ready.length === 0 ? this.#slots : ready;
    const least = slots.reduce((a, b) => (runsOf(b) < runsOf(a) ? b : a));
    const client = (await least.thread) as unknown as WorkerThreadClient;
    return VMWorkflowThreadProxy.create(client, options);
  }

  async destroy(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#slots.map(async ({ thread }) => (await thread).destroy()));
  }

  /** Puts a new thread into a slot. */
  #fill(slot: Slot): Slot {
    const thread = new WorkflowThread((cause) => {
      this.#watch.onDeath(cause);
      this.#fill(slot);
    });
    const made = this.#initialize(thread);
    const fresh = { current: null, answered: 0, silentLooks: 0, thread: made };
    made.then(
      () => (slot.current = thread),
      () => {},
    );
    return Object.assign(slot, fresh);
  }

  async #initialize(thread: WorkflowThread): Promise<WorkflowThread> {
    const { workflowBundle, reuseV8Context, registeredActivityNames } = this.#options;
    await thread.send({
      type: 'init',
      workflowBundle,
      reuseV8Context,
      registeredActivityNames,
      // The time of workflow code is watched here: interrupted by the SDK, it would take the process with it.
      isolateExecutionTimeoutMs: undefined as unknown as number,
      hasPatchActivationCallback: false,
    });
    return thread;
  }

  /**
   * Counts looks, not time: after the whole machine has slept, nobody hangs. A look that is late itself does not count,
   * since on a machine that is overloaded threads wait for their turn as this loop does.
   */
  #look(): void {
    const now = performance.now();
    const isLate = now - this.#lookedMs > 1.5 * LOOK_MS;
    this.#lookedMs = now;
    for (const slot of this.#slots) {
      const { current } = slot;
      const waits = current !== null && current.work() !== null && current.answered === slot.answered;
      if (!waits) slot.silentLooks = 0;
      else if (!isLate) slot.silentLooks++;
      slot.answered = current?.answered ?? 0;
      if (current !== null && slot.silentLooks * LOOK_MS >= this.#watch.patienceMs)
        void this.#replace(slot, current);
    }
    this.#watch.onLook(LOOK_MS * Math.max(...this.#slots.map(({ silentLooks }) => silentLooks)));
  }

  async #replace(slot: Slot, thread: WorkflowThread): Promise<void> {
    const { runId, executionId } = thread.work() ?? { runId: null, executionId: null };
    const expression = thread.evaluating();
    // Nothing new goes to the old one meanwhile.
    this.#fill(slot);
    await this.#watch.onStall({ runId, executionId, expression });
    const culprit = runId === null ? '' : ` by run ${runId}`;
    const reason = new Error(
      `the workflow code of this thread was stopped: it was kept busy${culprit} for too long`,
    );
    if (!(await thread.kill(reason, KILL_MS))) this.#watch.onStuck();
  }
}

const runsOf = ({ current }: Slot): number => current?.runs ?? 0;
