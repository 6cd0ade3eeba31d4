/** What steps were given, of recorded runs: every attempt that a worker had to do with tells it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { StepInput } from '../../src/contract/past/step-input.ts';
import type { Step } from '../../src/contract/step.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import { sql } from '../../src/database/sql.ts';
import { rebuildRun } from '../../src/projections/rebuild/rebuild-run.ts';
import { storeHistories } from '../support/stored-histories.ts';
import { startApi, type Api } from './harness.ts';

let api: Api;
let runs: readonly string[];
beforeAll(async () => {
  api = await startApi(50);
  runs = await storeHistories(api.database, 'v3', 60_000);
  for (const id of runs) await rebuildRun(api.database, id);
});

const stepsOf = async (run: string) =>
  ((await api.get(`/runs/${run}/steps`)).body as unknown as Page<Step>).items;
const address = (run: string, step: string, query = '') =>
  `/runs/${run}/steps/${encodeURIComponent(step)}/input${query}`;

async function inputOf(run: string, step: string, query = ''): Promise<StepInput> {
  return StepInput.strict().parse((await api.get(address(run, step, query))).body);
}

async function runOf(workflow: string): Promise<string> {
  const { rows } = await api.database.query<{ id: string }>(
    sql`select id from workflow_runs where workflow = ${workflow}`,
  );
  return rows[0]?.id ?? '';
}

describe('what a step was given', () => {
  it('is told of every attempt of every run, with the steps that no worker had to do with as the only ones without', async () => {
    const told: StepInput[] = [];
    const refused = new Set<unknown>();
    for (const run of runs) {
      for (const { key, attempts } of await stepsOf(run)) {
        for (const { attempt, epoch } of attempts) {
          const { status, body } = await api.get(address(run, key, `?attempt=${attempt}&epoch=${epoch}`));
          if (status === 404) refused.add(body.code);
          else told.push(StepInput.strict().parse(body));
        }
      }
    }
    expect([...refused]).toEqual(['input_not_found']);
    expect(told.length).toBeGreaterThan(50);
    expect(told.filter(({ given }) => JSON.stringify(given).includes('$expr'))).toEqual([]);
    // Histories are recorded without the large values that they refer to; one has read some megabytes.
    const faults = told.filter(({ fault }) => fault !== null);
    expect(new Set(faults.map(({ fault }) => fault?.code))).toEqual(
      new Set(['value_missing', 'input_too_large']),
    );
    expect(faults.filter(({ given }) => given !== null)).toEqual([]);
  });

  it('is missing of questions and waits only, where the run made the step itself', async () => {
    const missing = new Set<string>();
    for (const run of runs) {
      const forked = (await api.get(`/runs/${run}`)).body as unknown as {
        lineage: { forked_from: object | null };
      };
      for (const { key, kind, attempt } of await stepsOf(run)) {
        if (attempt === 0 || forked.lineage.forked_from !== null) continue;
        if ((await api.get(address(run, key))).status === 404) missing.add(kind);
      }
    }
    expect([...missing].filter((kind) => kind !== 'ask' && kind !== 'wait')).toEqual([]);
  });

  it('has the values of its time, and an agent the words that its model was told', async () => {
    const run = await runOf('build-feature');
    const agent = (await stepsOf(run)).find(({ kind, attempt }) => kind === 'agent' && attempt > 0);
    const input = await inputOf(run, agent?.key ?? '');
    expect(input.given).toHaveProperty('prompt', expect.stringMatching(/\S/));
    expect(input.system).toMatch(/\S/);
    expect(input.values.map(({ name }) => name).join()).toMatch(/inputs\.|steps\./);
  });

  it('is refused for what there is not', async () => {
    const run = await runOf('http-retry');
    const [step] = await stepsOf(run);
    const code = async (path: string) => ((await api.get(path)).body as { code: string }).code;
    expect(await code(address(run, step?.key ?? '', '?attempt=99'))).toBe('input_not_found');
    expect(await code(address(run, 'nobody'))).toBe('step_not_found');
    expect(await code(address('nothing-here', 'nobody'))).toBe('run_not_found');
    expect(await code(address(run, step?.key ?? '', '?attempt=0'))).toBe('invalid_request');
  });
});
