/**
 * The two sides on one server: two workers in this process with the same options, the interpreter's with the
 * product's bundle, the other with the hand-written workflows. Activities do nothing on either side, so that what
 * differs is the interpretation.
 */
import { fileURLToPath } from 'node:url';
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import { compile } from '../src/definition/index.ts';
import type { Plan } from '../src/plan/plan.ts';
import type { LoadPlanOutput, StepActivityInput, StepActivityOutput } from '../src/protocol/activity.ts';
import { INTERPRETER_VERSION } from '../src/protocol/envelope.ts';
import type { Envelope } from '../src/protocol/envelope.ts';
import { bundleWorkflows } from '../src/worker/bundle.ts';
import { PATIENCE_MS } from '../src/worker/watch/watch-threads.ts';
import { withWatchedThreads, type ThreadWatch } from '../src/worker/watch/workflow-threads.ts';
import { ACTIVITY_OPTIONS, WORKFLOW_OPTIONS } from '../src/worker/worker-options.ts';
import type { Graph } from './graph.ts';
import { work } from './hand-written/work.ts';
import type { Workload } from './workloads.ts';

export type Side = 'interpreter' | 'hand-written';

export const QUEUES: Readonly<Record<Side, string>> = {
  interpreter: 'bench-interpreter',
  'hand-written': 'bench-hand-written',
};

const OPTIONS = { ...WORKFLOW_OPTIONS, ...ACTIVITY_OPTIONS };

/** The product's own threads, with nobody to tell. */
const UNWATCHED: ThreadWatch = {
  patienceMs: PATIENCE_MS,
  onStall: async () => {},
  onDeath: () => {},
  onStuck: () => {},
  onLook: () => {},
};

async function noop(input: StepActivityInput): Promise<StepActivityOutput> {
  const value = `${input.step.key} done`;
  return { result: { value, bytes: value.length + 2, preview: value } };
}

/** Plans that are too large to travel, by hash. */
export const LARGE_PLANS = new Map<string, Plan>();

async function loadPlan({ hash = '' }: { readonly hash?: string }): Promise<LoadPlanOutput> {
  const plan = LARGE_PLANS.get(hash);
  if (plan === undefined) throw new Error(`nobody has kept plan ${hash}`);
  return { plan, interpreter: INTERPRETER_VERSION };
}

/** Work that takes its time: half a second to one and a half. */
async function slow(input: StepActivityInput): Promise<StepActivityOutput> {
  await new Promise((done) => setTimeout(done, 500 + Math.random() * 1_000));
  return noop(input);
}

/** Starts both workers, runs `measure`, and stops them. */
export async function withWorkers<T>(address: string, measure: () => Promise<T>): Promise<T> {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address });
  const workflowsPath = fileURLToPath(new URL('./hand-written/workflows.ts', import.meta.url));
  const [ours, theirs] = await Promise.all([
    bundleWorkflows(),
    bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') }),
  ]);
  const workers = await Promise.all([
    withWatchedThreads(UNWATCHED, () =>
      Worker.create({
        connection,
        taskQueue: QUEUES.interpreter,
        workflowBundle: { code: ours },
        activities: { http: noop, command: slow, plan: loadPlan },
        ...OPTIONS,
      }),
    ),
    Worker.create({
      connection,
      taskQueue: QUEUES['hand-written'],
      workflowBundle: theirs,
      activities: { work },
      ...OPTIONS,
    }),
  ]);
  try {
    const [inner, outer] = workers;
    return await outer.runUntil(inner.runUntil(measure()));
  } finally {
    await connection.close();
  }
}

/** The graph as a definition, compiled like any other; each step reads the results of its parents. */
function planOf(graph: Graph): Plan {
  const steps = graph.map(({ key, parents }) => ({
    key,
    title: `Step ${key}`,
    http: {
      method: 'POST',
      url: 'http://bench.invalid/',
      body: parents.map((parent) => `{{ steps.${parent}.result }}`),
    },
    dependencies: parents,
  }));
  const compiled = compile(JSON.stringify({ name: 'bench', version: '1.0.0', steps }), { format: 'json' });
  if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled.errors.slice(0, 3)));
  return compiled.plan;
}

export function starter(
  client: Client,
  workload: Workload,
): (side: Side) => Promise<WorkflowHandleWithFirstExecutionRunId> {
  const envelope: Envelope = {
    interpreter: INTERPRETER_VERSION,
    plan: planOf(workload.graph),
    epoch: 0,
    labels: {},
    startedBy: 'bench',
  };
  return (side) => {
    const workflowId = `bench-${side}-${crypto.randomUUID()}`;
    const taskQueue = QUEUES[side];
    return side === 'interpreter'
      ? client.workflow.start('bench', { workflowId, taskQueue, args: [{}, envelope] })
      : client.workflow.start(workload.handWritten, { workflowId, taskQueue, args: [workload.graph] });
  };
}
