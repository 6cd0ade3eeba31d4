/**
 * Baton's workflows with steps that answer at once, and a client that starts runs of plans: for tests of what becomes
 * of histories, where what steps really do does not matter.
 *
 * A `command` step does what its first argument says: `ok`, `fail` (once), `broken` (always), `hold` (until it is
 * cancelled), `odd` (a value no table likes); an `agent` step answers with usage.
 */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll } from 'vitest';
import type { Plan, PlanStep } from '../../src/plan/plan.ts';
import type { StepActivityInput, StepActivityOutput } from '../../src/protocol/activity.ts';
import type { ModelUsage } from '../../src/protocol/usage.ts';
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import { step } from '../../src/workflows/core/testing/plans.ts';
import { runId, temporalTarget, workflowBundle } from './index.ts';

type Act = 'ok' | 'fail' | 'broken' | 'hold' | 'odd';

/** A step that does what it is told. */
export const act = (key: string, how: Act, dependencies: string[] = [], options: Partial<PlanStep> = {}) =>
  step(key, dependencies, {
    ...options,
    spec: { kind: 'command', argv: [how], cwd: null, env: {}, stdin: null },
  });

/** A step that costs something. */
export const agent = (key: string, dependencies: string[] = []) =>
  step(key, dependencies, {
    spec: {
      kind: 'agent',
      agent: 'writer',
      prompt: 'write',
      model: null,
      outputSchema: null,
      temperature: null,
      maxOutputTokens: null,
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
  const worker = await Worker.create({
    connection: native,
    namespace: temporalTarget().namespace,
    taskQueue,
    workflowBundle: workflowBundle(),
    activities: { command, agent: talk },
    maxCachedWorkflows: cached,
    maxHeartbeatThrottleInterval: '200ms',
  });
  const connection = await connectTemporal(temporalTarget());
  const client = temporalClient(connection, temporalTarget(), 'starter@test');
  const running = worker.run();
  afterAll(async () => {
    worker.shutdown();
    await running;
    await Promise.all([connection.close(), native.close()]);
  });
  const start = async (plan: Plan, id = runId()): Promise<string> => {
    const envelope = { interpreter: 1, plan, epoch: 0, labels: {}, startedBy: 'ann' };
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
  finishReason: 'stop',
};

async function talk(input: StepActivityInput): Promise<StepActivityOutput> {
  return {
    ...answer(`${input.step.key} written`),
    usage: USAGE,
    session: { id: `ses-${input.run.id}`, name: 'writer' },
  };
}

function answer(value: string): StepActivityOutput {
  return { result: { value, bytes: value.length + 2, preview: value } };
}
