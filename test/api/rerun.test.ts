/** `POST /runs/:id/rerun` against a real Temporal: what the new run is started with. */
import { defaultPayloadConverter } from '@temporalio/common';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/database/sql.ts';
import { runId } from '../support/index.ts';
import { projectRun, startApi, type Api } from './harness.ts';

const DEFINITION = `
name: again
version: 1.0.0
inputs:
  diff: { type: string, required: true }
  depth: { type: integer, default: 1 }
steps:
  - key: parse
    transform: "{{ diff }}"
`;

let api: Api;
let hash: string;
let former: string;
beforeAll(async () => {
  api = await startApi(50);
  ({ hash } = (await api.publish(DEFINITION)).body);
  await api.publish(DEFINITION.replace('1.0.0', '2.0.0'));
  former = runId('again');
  await projectRun(api.database, former, { workflow: 'again', status: 'failed', labels: { team: 'core' } });
  const inputs = JSON.stringify({ diff: '+1', depth: 3 });
  await api.database.query(sql`
    update workflow_runs set plan_hash = ${hash}, inputs = ${inputs}::jsonb where id = ${former}`);
});

async function startedWith(id: string): Promise<unknown[]> {
  const { events } = await api.temporal.workflow.getHandle(id).fetchHistory();
  const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return input.map((payload) => defaultPayloadConverter.fromPayload(payload));
}

describe('a rerun', () => {
  it('starts the same plan with the same inputs and labels, and names the run that it repeats', async () => {
    const { status, body, headers } = await api.post(`/runs/${former}/rerun`, { by: 'ann' });
    expect(status).toBe(201);
    expect(body.id).not.toBe(former);
    expect(headers.get('location')).toBe(`/api/v1/runs/${body.id}`);
    const [inputs, envelope] = await startedWith(body.id);
    expect(inputs).toEqual({ diff: '+1', depth: 3 });
    expect(envelope).toMatchObject({
      plan: { version: '1.0.0', hash },
      epoch: 0,
      labels: { team: 'core' },
      startedBy: 'ann',
      rerunOf: former,
    });
  });

  it('takes the newest version, other inputs and an id where they are given', async () => {
    const id = runId('again');
    const asked = { newest: true, inputs: { depth: 7 }, labels: { why: 'flaky' }, id };
    const { body } = await api.post(`/runs/${former}/rerun`, asked);
    expect(body).toMatchObject({ id, version: '2.0.0' });
    const [inputs, envelope] = await startedWith(id);
    expect(inputs).toEqual({ diff: '+1', depth: 7 });
    expect(envelope).toMatchObject({ plan: { version: '2.0.0' }, labels: { team: 'core', why: 'flaky' } });
  });

  it('is one for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': `again-${former}` };
    const first = await api.post(`/runs/${former}/rerun`, {}, key);
    const second = await api.post(`/runs/${former}/rerun`, {}, key);
    expect(second.body.id).toBe(first.body.id);
    const other = await api.post(`/runs/${former}/rerun`, { inputs: { depth: 9 } }, key);
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
  });

  it('is refused for inputs that do not fit, and for a run that nobody knows', async () => {
    const wrong = await api.post(`/runs/${former}/rerun`, { inputs: { depth: 'deep' } });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'inputs_invalid' } });
    const odd = await api.post(`/runs/${former}/rerun`, { inputs: 'text' });
    expect(odd).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    const unknown = await api.post('/runs/nobody/rerun', {});
    expect(unknown).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
  });

  it('waits for the tables of a run that only Temporal knows yet', async () => {
    const id = runId('again');
    await api.post('/runs', { workflow: 'again', inputs: { diff: 'x' }, id });
    const answer = await api.post(`/runs/${id}/rerun`, {});
    expect(answer).toMatchObject({ status: 503, body: { code: 'projection_behind' } });
  });
});
