/**
 * A thread that runs workflow code: the SDK's own thread, behind a client that sees what it works on and can end it.
 *
 * Whoever waits for a thread that has ended gets an Error that is none of the SDK's own, so that the SDK fails that
 * workflow task and goes on; after its own kind of error it would end the whole worker.
 */
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker as NodeWorker } from 'node:worker_threads';
import type {
  WorkerThreadInput,
  WorkerThreadRequest,
} from '@temporalio/worker/lib/workflow/workflow-worker-thread/input.js';
import type {
  WorkerThreadOutput,
  WorkerThreadResponse,
} from '@temporalio/worker/lib/workflow/workflow-worker-thread/output.js';
import { evaluatingMemory, readEvaluating, writeSource } from './evaluating.ts';

/**
 * What runs in the thread: every context of workflow code gets the function by which evaluations are told, then the
 * SDK's thread begins. As text, because a thread of its own cannot load TypeScript.
 */
const ENTRY = `
const { workerData } = require('node:worker_threads');
const vm = require('node:vm');
const { createContext } = vm;
const units = new Uint16Array(workerData.evaluating);
const write = ${writeSource.toString()};
const tell = (source) => write(units, source);
vm.createContext = (object = {}, options) =>
  createContext(Object.assign(object, { [Symbol.for('baton.evaluating')]: tell }), options);
require(workerData.thread);
`;
const SDK_THREAD = createRequire(import.meta.url).resolve(
  '@temporalio/worker/lib/workflow/workflow-worker-thread.js',
);

const DESTROY_MS = 500;

/** What a thread works on. */
export interface ThreadWork {
  /** The workflow id; null where the thread does nothing for a run. */
  readonly runId: string | null;
  readonly executionId: string | null;
}

interface Pending {
  readonly input: WorkerThreadInput;
  readonly resolve: (output: WorkerThreadOutput) => void;
  readonly reject: (error: Error) => void;
}

export class WorkflowThread {
  readonly #memory = evaluatingMemory();
  readonly #thread: NodeWorker;
  /** In the order in which the thread takes them. */
  readonly #pending = new Map<bigint, Pending>();
  /** Execution id → run id. */
  readonly #runs = new Map<string, string>();
  #next = 0n;
  #ended: Error | null = null;
  #hasExited = false;

  /** @param onDeath it ended by itself, and why */
  constructor(onDeath: (cause: string) => void) {
    this.#thread = new NodeWorker(ENTRY, {
      eval: true,
      // Nothing of what this process loads first.
      execArgv: [],
      workerData: { evaluating: this.#memory, thread: SDK_THREAD },
    });
    this.#thread.on('message', (response: WorkerThreadResponse) => this.#settle(response));
    let cause: unknown = 'it ended';
    this.#thread.on('error', (error: unknown) => (cause = error));
    this.#thread.once('exit', () => {
      this.#hasExited = true;
      if (this.#ended !== null) return;
      this.#end(new Error(`a thread of workflows died: ${String(cause)}`));
      onDeath(String(cause));
    });
  }

  /** Runs in its cache. */
  get runs(): number {
    return this.#runs.size;
  }

  /** Grows with every request that is answered: who works and answers does not hang. */
  answered = 0;

  /** The request that it works on; null while it rests. */
  work(): ThreadWork | null {
    const [first] = this.#pending.values();
    if (first === undefined) return null;
    const { input } = first;
    if (input.type === 'create-workflow') {
      const { workflowId: runId, runId: executionId } = input.options.info;
      return { runId, executionId };
    }
    const executionId = 'runId' in input ? input.runId : null;
    return { runId: executionId === null ? null : (this.#runs.get(executionId) ?? null), executionId };
  }

  /** The expression that it evaluates now. */
  evaluating(): string | null {
    return readEvaluating(this.#memory);
  }

  /** As the SDK's own client. Rejects with a plain Error once the thread has ended. */
  send(input: WorkerThreadInput): Promise<WorkerThreadOutput> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const requestId = this.#next++;
    if (input.type === 'create-workflow')
      this.#runs.set(input.options.info.runId, input.options.info.workflowId);
    if (input.type === 'dispose-workflow') this.#runs.delete(input.runId);
    const answer = new Promise<WorkerThreadOutput>((resolve, reject) => {
      this.#pending.set(requestId, { input, resolve, reject });
    });
    this.#thread.postMessage({ requestId, input } satisfies WorkerThreadRequest);
    return answer;
  }

  /** Ends it in the middle of whatever it does. Resolves with false when it is still there after `graceMs`. */
  async kill(reason: Error, graceMs: number): Promise<boolean> {
    this.#end(reason);
    await Promise.race([this.#thread.terminate(), sleep(graceMs, undefined, { ref: false })]);
    return this.#hasExited;
  }

  /** Ends it in good order, or in the middle of what it does should it hang. */
  async destroy(): Promise<void> {
    if (this.#ended !== null) return;
    const obeyed = this.send({ type: 'destroy' }).catch(() => {});
    await Promise.race([obeyed, sleep(DESTROY_MS, undefined, { ref: false })]);
    await this.kill(new Error('the worker has stopped'), DESTROY_MS);
  }

  #settle(response: WorkerThreadResponse): void {
    const { requestId, result } = response;
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    this.answered++;
    if (result.type === 'ok') pending?.resolve(result.output);
    else
      pending?.reject(Object.assign(new Error(result.message), { name: result.name, stack: result.stack }));
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}
