/**
 * Workflow code that never comes back: its thread is replaced, nobody else notices, and the run that does so again and
 * again fails. Runs of interpreter version 1 can still be made to: their regular expressions backtrack.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/definition/index.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Envelope } from '../../src/protocol/envelope.ts';
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton, type Baton } from '../support/baton.ts';
import { runId, temporalTarget, until } from '../support/index.ts';

const PATTERN = `^${'(a|aa)'.repeat(29)}b$`;
const hanging = planOf(`
name: hanging
version: 1.0.0
inputs: { t: string }
steps:
  - { key: before, wait: 10ms }
  - { key: a, when: 'inputs.t.matches("${PATTERN}")', transform: '1', dependencies: [before] }
`);
const lively = `
name: lively
version: 1.0.0
steps:
  - { key: sleep, command: [sleep, '6'] }
  - { key: greet, transform: "'hello'", dependencies: [sleep] }
`;

let baton: Baton;
let connection: Awaited<ReturnType<typeof connectTemporal>>;

beforeAll(async () => {
  baton = await startBaton({ BATON_ALLOW_COMMANDS: '1' }, 'all', { threadPatienceMs: 2_000, threads: 2 });
  connection = await connectTemporal(temporalTarget());
});
afterFile(() => connection.close());

function planOf(text: string): Plan {
  const compiled = compile(text);
  if ('plan' in compiled) return compiled.plan;
  throw new Error(JSON.stringify(compiled.errors));
}

/** As a run that began long ago. */
async function startOld(plan: Plan, inputs: object) {
  const envelope: Envelope = { interpreter: 1, plan, epoch: 0, labels: {}, startedBy: null };
  const client = temporalClient(connection, temporalTarget(), 'test');
  const options = { taskQueue: baton.config.BATON_TASK_QUEUE, workflowId: runId(), args: [inputs, envelope] };
  return client.workflow.start(plan.name, options);
}

describe('a run whose expression never ends', () => {
  it('fails, named with the expression, and takes nobody along', async () => {
    await baton.publish(lively);
    const other = await baton.start({ workflow: 'lively' });
    await until(async () => (await baton.steps(other.id))['sleep']?.status === 'running');
    const { workflowId } = await startOld(hanging, { t: 'a'.repeat(60) });
    await until(async () => (await baton.call('GET', `/runs/${workflowId}`)).status === 200);

    // An activity of the same process, and the workflow code after it.
    const done = await baton.finished(other.id);
    expect(done).toMatchObject({ status: 'completed', output: 'hello' });
    expect((await baton.steps(other.id))['sleep']?.attempts).toHaveLength(1);

    const failed = await baton.finished(workflowId);
    expect(failed).toMatchObject({
      status: 'failed',
      terminal_reason: 'expression_too_costly',
      diverged: null,
      error: { type: 'expression_too_costly', message: expect.stringContaining('inputs.t.matches(') },
    });
    // That a run was ended is written down after it was.
    const rows = await until(async () => {
      const found = await baton.database.query<{ ended: boolean }>(
        'select expression, worker, ended from execution_stalls where run_id = $1',
        [workflowId],
      );
      return found.rows.every(({ ended }) => ended) && found.rows;
    });
    expect(rows).toHaveLength(3);
    for (const row of rows)
      expect(row).toMatchObject({ ended: true, expression: expect.stringContaining('inputs.t.matches(') });
    const events = await baton.items<{ type: string }>(`/runs/${workflowId}/events`);
    expect(events.at(-1)).toMatchObject({ type: 'complete' });
  });
});
