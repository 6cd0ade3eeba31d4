/** Runs are found, ordered and counted as a filter says. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../src/contract/run.ts';
import type { FilterValues, RunCount } from '../../src/contract/runs/filter.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import { sql } from '../../src/database/sql.ts';
import { projectQuestion, projectRun, projectStep, startApi, type Api } from './harness.ts';

let api: Api;

interface Seed {
  readonly status?: string;
  readonly workflow?: string;
  readonly labels?: Record<string, string>;
  readonly age?: string;
  readonly duration?: number;
  readonly cost?: number;
  readonly tokens?: number;
  readonly by?: string;
  readonly version?: string;
  readonly error?: string;
}

async function seed(id: string, row: Seed): Promise<void> {
  const {
    status = 'completed',
    workflow = 'review',
    labels = {},
    by = null,
    version = '1.2.0',
    error = null,
  } = row;
  await projectRun(api.database, id, { status, workflow, labels });
  await api.database.query(sql`
    update workflow_runs set created_at = now() - ${row.age ?? '1 hour'}::interval, started_at = now() - interval '1 hour',
      duration_seconds = ${row.duration ?? null}, cost_estimate = ${row.cost ?? null}, total_tokens = ${row.tokens ?? 0},
      version = ${version}, metadata = jsonb_build_object('started_by', ${by}::text), error_message = ${error}
    where id = ${id}`);
}

beforeAll(async () => {
  api = await startApi(50);
  await seed('quick', { duration: 2, cost: 10_000, tokens: 100, labels: { team: 'payments' }, by: 'ana' });
  await seed('slow', {
    duration: 900,
    cost: 2_000_000,
    tokens: 200_000,
    labels: { team: 'growth', pr: '7' },
    version: '1.20.0',
  });
  await seed('broken', { status: 'failed', duration: 60, error: 'Rate limit of 50% reached', age: '3 days' });
  await seed('asking', { status: 'running', workflow: 'code review', age: '2 days' });
  await seed('trying', { status: 'running', workflow: 'demo-a', age: '1 minute', by: 'bob' });
  await projectStep(api.database, 'asking', 'plan');
  await projectStep(api.database, 'trying', 'build', { status: 'running' });
  await projectQuestion(api.database, 'asking', 'q1');
  await api.database.query(
    sql`update workflow_step_executions set agent = 'reviewer', attempt = 1 where run_id = 'asking'`,
  );
  await api.database.query(
    sql`update workflow_step_executions set agent = 'coder', attempt = 3 where run_id = 'trying'`,
  );
  await api.database.query(
    sql`update workflow_runs set error = '{"type": "max_turns_exceeded", "message": "Rate limit of 50% reached", "step": "build"}' where id = 'broken'`,
  );
  await seedCall('asking', 'openai', 'gpt-5-mini', 'gpt-5');
  await seedCall('trying', 'compatible', null, 'meta/llama');
});

async function seedCall(
  run: string,
  provider: string,
  model: string | null,
  requested: string,
): Promise<void> {
  await api.database.query(sql`
    insert into llm_calls (run_id, step, epoch, attempt, turn, segment, status, provider, model, requested_model, started_at)
    values (${run}, 'plan', 0, 1, 1, 0, 'completed', ${provider}, ${model}, ${requested}, now())`);
}

async function found(filter: string, more = ''): Promise<string[]> {
  const { status, body } = await api.get<Page<Run>>(`/runs?filter=${encodeURIComponent(filter)}${more}`);
  expect(status).toBe(200);
  return body.items.map(({ id }) => id).toSorted();
}

describe('a filter', () => {
  it.each([
    ['', 'asking broken quick slow trying'],
    ['status:failed,running', 'asking broken trying'],
    ['status:open', 'asking trying'],
    ['-status:open', 'broken quick slow'],
    ['workflow:"code review",demo-*', 'asking trying'],
    ['version:1.2', 'asking broken quick trying'],
    ['version:1.2*', 'asking broken quick slow trying'],
    ['label:team', 'quick slow'],
    ['label:team=payments', 'quick'],
    ['label:team=payments,gro*', 'quick slow'],
    ['-label:team=payments', 'asking broken slow trying'],
    ['agent:reviewer', 'asking'],
    ['model:openai/gpt-5-mini', 'asking'],
    ['model:gpt-5-mini,none', 'asking'],
    ['model:openai/gpt-5', ''],
    ['model:compatible/meta/llama', 'trying'],
    ['model:meta/llama', 'trying'],
    ['model:*gpt*', 'asking'],
    ['model:open*/gpt*,compatible/*', 'asking trying'],
    ['-model:*', 'broken quick slow'],
    ['reason:max_turns_exceeded', 'broken'],
    ['reason:running', 'asking trying'],
    ['failed_step:build', 'broken'],
    ['status:failed -failed_step:*', ''],
    ['by:ana', 'quick'],
    ['-by:ana', 'asking broken slow trying'],
    ['needs:me', 'asking'],
    ['waiting:question -status:failed', 'asking'],
    ['created<24h', 'quick slow trying'],
    ['created>2d12h', 'broken'],
    ['created>2020-01-01', 'asking broken quick slow trying'],
    ['created<2020-01-01', ''],
    ['duration>10m', 'asking slow trying'],
    ['duration<=2s', 'quick'],
    ['cost>1.50', 'slow'],
    ['cost:unknown', 'asking broken trying'],
    ['-cost>1.50', 'asking broken quick trying'],
    ['tokens>100k', 'slow'],
    ['attempts>1', 'trying'],
    ['attempts>=3', 'trying'],
    ['attempts:1', 'asking'],
    ['error:"rate limit"', 'broken'],
    ['id:quick,slow', 'quick slow'],
    ['id:tr*', 'trying'],
    ['50%', 'broken'],
    ['PAYMENTS', 'quick'],
    ['"code review"', 'asking'],
    ['review -payments -growth', 'asking broken'],
  ])('finds by %s', async (filter, ids) => {
    expect(await found(filter)).toEqual(ids.split(' ').filter(Boolean));
    // What takes more than two seconds is not counted.
    const counted = async () =>
      (await api.get<RunCount>(`/runs/count?filter=${encodeURIComponent(filter)}`)).body;
    await expect.poll(counted).toEqual({ count: ids.split(' ').filter(Boolean).length, by_status: null });
  });

  it('takes days as those of the zone', async () => {
    const { rows } = await api.database.query<{ day: string; zone: string }>(sql`
      select zone, to_char(now() at time zone zone, 'YYYY-MM-DD') as day
      from unnest(array['Pacific/Kiritimati', 'Pacific/Niue']) zone`);
    for (const { day, zone } of rows) {
      const at = `&zone=${encodeURIComponent(zone)}`;
      expect(await found(`created:${day}`, at)).toEqual(await found('created:today', at));
      expect(await found(`created:${day}`, at)).toContain('trying');
    }
  });

  it('joins the other parameters', async () => {
    expect(await found('status:open', '&workflow=demo-a')).toEqual(['trying']);
  });

  it('is refused with every fault at its place', async () => {
    const answer = await api.get(`/runs?filter=${encodeURIComponent('statsu:failed cost>cheap')}`);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_filter',
        errors: [
          { code: 'field_unknown', column: 1, hint: 'Did you mean "status"?' },
          { code: 'value_unknown', column: 20 },
        ],
      },
    });
    expect(await api.get('/runs?zone=Nowhere')).toMatchObject({ status: 400 });
  });
});

describe('an order', () => {
  it.each(['created', 'updated', 'duration', 'cost', 'tokens'].flatMap((key) => [key, `-${key}`]))(
    'by %s is the same whole and in pages',
    async (sort) => {
      const { body: whole } = await api.get<Page<Run>>(`/runs?sort=${sort}`);
      const paged: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const next: string = cursor && `&cursor=${cursor}`;
        const { body }: { body: Page<Run> } = await api.get<Page<Run>>(`/runs?sort=${sort}&limit=2${next}`);
        paged.push(...body.items.map(({ id }) => id));
        cursor = body.next_cursor;
      }
      expect(paged).toEqual(whole.items.map(({ id }) => id));
      expect(new Set(paged).size).toBe(5);
    },
  );

  it('puts what has no duration or price least', async () => {
    const { body } = await api.get<Page<Run>>('/runs?sort=-duration');
    expect(body.items.slice(0, 3).map(({ id }) => id)).toEqual(['slow', 'broken', 'quick']);
  });

  it('has cursors of its own', async () => {
    const { body } = await api.get<Page<Run>>('/runs?sort=cost&limit=2');
    const answer = await api.get(`/runs?sort=tokens&cursor=${body.next_cursor ?? ''}`);
    expect(answer.body.code).toBe('invalid_cursor');
  });
});

describe('figures', () => {
  it('count by status', async () => {
    const counted = async () =>
      (await api.get<RunCount>('/runs/count?by=status&filter=status:open,failed')).body;
    await expect.poll(counted).toEqual({ count: 3, by_status: { running: 2, failed: 1 } });
  });

  it.each([
    ['workflow', [{ value: 'review', runs: 3 }]],
    ['label', [{ value: 'pr=7', runs: 1 }]],
    ['agent', [{ value: 'coder', runs: 1 }]],
    ['by', [{ value: 'ana', runs: 1 }]],
    ['model', [{ value: 'compatible/meta/llama', runs: 1 }]],
    ['version', [{ value: '1.2.0', runs: 4 }]],
  ])('tell the values of %s', async (field, items) => {
    const { body } = await api.get<FilterValues>(`/runs/filter-values?field=${field}`);
    expect(body.items).toEqual(expect.arrayContaining(items));
  });
});
