/**
 * Baton's workflows with steps that answer at once, and a client that starts runs of plans: for tests of what becomes
 * of histories, where what steps really do does not matter.
 *
 * A `command` step does what its first argument says: `ok`, `fail` (once), `broken` (always), `hold` (until it is
 * cancelled), `odd` (a value no table likes); an `agent` step calls two tools at once in its first turn and
 * answers in its second, each turn with usage.
 */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Plan, PlanStep } from '../../src/plan/plan.ts';
import type { StepActivityInput, StepActivityOutput } from '../../src/protocol/activity.ts';
import { NO_LIMITS } from '../../src/protocol/limits.ts';
import type {
  ToolActivityInput,
  ToolActivityOutput,
  TurnInput,
  TurnOutput,
} from '../../src/protocol/agent.ts';
import type { ModelUsage } from '../../src/protocol/usage.ts';
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import { createWorker } from '../../src/worker/create-worker.ts';
import { step } from '../../src/workflows/core/testing/plans.ts';
import { afterFile } from './after-file.ts';
import { runId, temporalTarget, workflowBundle } from './index.ts';
import { INTERPRETER_VERSION } from '../../src/protocol/envelope.ts';

type Act = 'ok' | 'fail' | 'broken' | 'hold' | 'odd';

/** A step that does what it is told. */
export const act = (key: string, how: Act, dependencies: string[] = [], options: Partial<PlanStep> = {}) =>
  step(key, dependencies, {
    ...options,
    spec: { kind: 'command', argv: [how], cwd: null, env: {}, stdin: null },
  });

/** A step that costs something: two model calls and two calls of tools. */
export const agent = (key: string, dependencies: string[] = []) =>
  step(key, dependencies, {
    spec: {
      kind: 'agent',
      agent: 'writer',
      prompt: 'write',
      models: ['test/model'],
      outputSchema: null,
      temperature: null,
      maxOutputTokens: null,
      tools: ['read_file'],
      approve: [],
      limits: { ...NO_LIMITS, maxTurns: 10 },
    },
  });

export interface StepWorker {
  readonly client: Client;
  readonly connection: Connection;
  /** Starts a run of the plan; answers its id. */
  start(plan: Plan, id?: string): Promise<string>;
}

/** Runs until the test file ends. */
export async function startStepWorker(taskQueue: string, cached = 500): Promise<StepWorker> {
  const native = await NativeConnection.connect({ address: temporalTarget().address });
  const worker = await createWorker({
    connection: native,
    namespace: temporalTarget().namespace,
    taskQueue,
    workflowBundle: workflowBundle(),
    activities: { command, agent: talk, tool: use },
    workflowThreadPoolSize: 1,
    maxCachedWorkflows: cached,
    maxHeartbeatThrottleInterval: '200ms',
  });
  const connection = await connectTemporal(temporalTarget());
  const client = temporalClient(connection, temporalTarget(), 'starter@test');
  const running = worker.run();
  afterFile(async () => {
    worker.shutdown();
    await running;
    await Promise.all([connection.close(), native.close()]);
  });
  const start = async (plan: Plan, id = runId()): Promise<string> => {
    const envelope = { interpreter: INTERPRETER_VERSION, plan, epoch: 0, labels: {}, startedBy: 'ann' };
    await client.workflow.start(plan.name, { workflowId: id, taskQueue, args: [{}, envelope] });
    return id;
  };
  return { client, connection, start };
}

async function command(input: StepActivityInput): Promise<StepActivityOutput> {
  const [how] = input.spec.kind === 'command' ? input.spec.argv : [];
  if (how === 'hold') await untilCancelled();
  if (how === 'broken' || (how === 'fail' && input.step.attempt === 1)) {
    // Benign: it is meant to fail, nobody needs to read of it.
    throw ApplicationFailure.create({ message: 'it said no', type: 'command_failed', category: 'BENIGN' });
  }
  return answer(how === 'odd' ? 'nul \0, half \ud83d' : `${input.step.key} done`);
}

async function untilCancelled(): Promise<never> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 100);
  try {
    return await context.cancelled;
  } catch (error) {
    throw error instanceof CancelledFailure ? error : new CancelledFailure('cancelled');
  } finally {
    clearInterval(beat);
  }
}

const USAGE: ModelUsage = {
  provider: 'test',
  requestedModel: 'test/model',
  model: 'model',
  inputTokens: 10,
  outputTokens: 5,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  totalTokens: 15,
  costMicros: 7,
  priceVersion: null,
  durationMs: 1,
  firstTokenMs: 1,
  finishReason: 'stop',
};

async function talk({ run, step: { key, turn } }: TurnInput): Promise<TurnOutput> {
  const isLast = turn > 1;
  const call = (id: string) => ({ id, name: 'read_file', input: { value: { path: id } }, preview: id });
  return {
    session: { id: `ses-${run.id}`, name: 'writer' },
    head: `${run.id}-${key}-${turn}`,
    usage: USAGE,
    preview: `turn ${turn}`,
    calls: isLast ? [] : [call('one'), call('two')],
    result: isLast ? answer(`${key} written`).result : null,
    correction: null,
    replayed: false,
  };
}

async function use({ call }: ToolActivityInput): Promise<ToolActivityOutput> {
  return { ...answer(`text of ${call.preview}`), isError: false, comment: `Reading file: ${call.preview}` };
}

function answer(value: string): StepActivityOutput {
  return { result: { value, bytes: value.length + 2, preview: value } };
}
