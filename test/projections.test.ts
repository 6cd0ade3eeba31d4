/**
 * The projector against real histories: what operators do, two projectors at once, projectors that are killed in the
 * middle of a page. In the end the tables equal a fold from event 1: `verifyRun` says so, and compares the stored
 * events with Temporal's.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { listLiveEvents } from '../src/service/events/queries/list-live-events.ts';
import type { Config } from '../src/config.ts';
import type { Database } from '../src/database/database.ts';
import { createLogger } from '../src/log/log.ts';
import { Discovery } from '../src/projections/following/discovery.ts';
import { Pulse } from '../src/projections/metrics/pulse.ts';
import { rebuildRun, runProjector, verifyRun } from '../src/projections/index.ts';
import type { Verification } from '../src/projections/index.ts';
import { failureOf, HistorySource } from '../src/temporal/history-source.ts';
import { planOf, retries, step } from '../src/workflows/core/testing/plans.ts';
import { afterFile } from './support/after-file.ts';
import { buildChild } from './support/build-child.ts';
import { openLink } from './support/cuttable-link.ts';
import { freshDatabase, runId, taskQueue, temporalCli, temporalTarget, until } from './support/index.ts';
import { act, agent, startStepWorker } from './support/step-worker.ts';
import type { StepWorker } from './support/step-worker.ts';
import { INTERPRETER_VERSION } from '../src/protocol/envelope.ts';
import { hasEnded } from '../src/protocol/status.ts';
import { openTestDatabase, patientConfig } from './support/test-database.ts';

/** One file, made once: eight starts of the sources would take 17 s of a processor. */
/** A program of its own. */
let childProgram: string;
const log = createLogger('test', 'error');

/** Load for a projector that is to die: a run each so many ms, at most so many. */
const PACE_MS = 250;
const MOST_RUNS = 150;

/** Ten steps of every sort: a retry, a price, a wait, a tolerated failure, a value that Postgres does not like. */
const BUSY = planOf(
  [
    act('a', 'ok'),
    act('b', 'fail', ['a'], { retry: retries(3) }),
    agent('c', ['a']),
    act('d', 'broken', ['a'], { onError: { action: 'continue' } }),
    step('e', ['b'], { spec: { kind: 'wait', duration: '200ms' } }),
    act('f', 'odd', ['c', 'd']),
    step('g', ['e', 'f'], { spec: { kind: 'transform', value: { done: true } } }),
    agent('h', ['g']),
    act('i', 'ok', ['g']),
    act('j', 'ok', ['h', 'i']),
  ],
  { name: 'busy' },
);
const HOLDING = planOf([act('a', 'ok'), act('b', 'hold', ['a']), act('c', 'ok', ['b'])], { name: 'holding' });

const WITHDRAWN = { action_status: 'ignored', reason_code: 'withdrawn' };

let config: Config;
let database: Database;
let worker: StepWorker;

beforeAll(async () => {
  const queue = taskQueue('projections');
  const { address, namespace } = temporalTarget();
  const databaseUrl = await freshDatabase();
  config = patientConfig({
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    BATON_TASK_QUEUE: queue,
    BATON_LOG_LEVEL: 'error',
  });
  database = openTestDatabase(databaseUrl, log);
  afterFile(() => database.end());
  worker = await startStepWorker(queue);
  childProgram = await buildChild('projector-child');
});

/** Runs projectors in this process while `work` is done. */
async function projecting<T>(count: number, work: () => Promise<T>, settings = config): Promise<T> {
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  const started = Array.from(
    { length: count },
    () =>
      new Promise<void>((ready, failed) => {
        const projector = runProjector({ config: settings, log, signal: stop.signal, onReady: ready });
        projector.catch(failed);
        running.push(projector);
      }),
  );
  try {
    await Promise.all(started);
    return await work();
  } finally {
    stop.abort();
    await Promise.all(running);
  }
}

interface Row {
  readonly status: string;
  readonly epoch: number;
  readonly diverged: unknown;
  readonly error_message: string | null;
  readonly metadata: Record<string, unknown>;
  readonly [column: string]: unknown;
}

async function runRow(id: string): Promise<Row | undefined> {
  const { rows } = await database.query<Row>('select * from workflow_runs where id = $1', [id]);
  return rows[0];
}

async function steps(id: string): Promise<Record<string, string>> {
  const { rows } = await database.query<{ key: string; status: string }>(
    'select key, status from workflow_step_executions where run_id = $1',
    [id],
  );
  return Object.fromEntries(rows.map(({ key, status }) => [key, status]));
}

async function rowWhere(id: string, condition: (row: Row) => boolean): Promise<Row> {
  let seen: Row | undefined;
  return until(
    async () => {
      seen = await runRow(id);
      return seen !== undefined && condition(seen) ? seen : null;
    },
    { describe: () => ({ id, seen }) },
  );
}

const ended = (id: string) => rowWhere(id, hasEnded);
const running = (id: string, key: string) => until(async () => (await steps(id))[key] === 'running');

/** Tables, stored events and Temporal agree. */
async function expectVerified(id: string): Promise<Verification> {
  const source = new HistorySource(worker.connection, config.TEMPORAL_NAMESPACE);
  const verification = await verifyRun(database, id, { source });
  expect(verification).toMatchObject({ ok: true, differences: [], diverged: null, temporal: 'equal' });
  return verification;
}

describe('what operators do', () => {
  const reset = (id: string, event: number, ...more: string[]) =>
    temporalCli([
      'workflow',
      'reset',
      '-w',
      id,
      '--event-id',
      String(event),
      '--reason',
      'bad answer',
      ...more,
    ]);

  test('terminate and cancel: who and why, in tables and thread', async () => {
    await projecting(1, async () => {
      const [stuck, unwanted] = [await worker.start(HOLDING), await worker.start(HOLDING)];
      await Promise.all([running(stuck, 'b'), running(unwanted, 'b')]);
      await worker.client.workflow.getHandle(stuck).terminate('stuck for hours');
      // The Web UI sends a reason with it; the CLI cannot.
      await worker.connection.workflowService.requestCancelWorkflowExecution({
        namespace: config.TEMPORAL_NAMESPACE,
        workflowExecution: { workflowId: unwanted },
        identity: 'bea@web-ui',
        reason: 'wrong branch',
      });

      const terminated = await ended(stuck);
      expect(terminated).toMatchObject({ status: 'terminated', terminal_reason: 'terminated' });
      expect(terminated.error_message).toBe('terminated by starter@test: stuck for hours');
      expect(terminated.metadata['ended_by']).toMatchObject({
        by: 'starter@test',
        reason: 'stuck for hours',
      });
      expect(await steps(stuck)).toMatchObject({ b: 'cancelled', c: 'cancelled' });

      const cancelled = await ended(unwanted);
      expect(cancelled).toMatchObject({ status: 'cancelled' });
      expect(cancelled.metadata['ended_by']).toMatchObject({
        action: 'cancel',
        by: 'bea@web-ui',
        reason: 'wrong branch',
      });
      await Promise.all([expectVerified(stuck), expectVerified(unwanted)]);
    });
  });

  test('a signal by hand stands in the thread with its sender', async () => {
    await projecting(1, async () => {
      const id = await worker.start(HOLDING);
      await running(id, 'b');
      await temporalCli(['workflow', 'signal', '-w', id, '--name', 'pause', '--input', '{"reason": "look"}']);
      await rowWhere(id, (row) => row.status === 'paused');
      const { rows } = await database.query(
        `select action_type, action_status, author, content from workflow_messages
         where run_id = $1 and message_type = 'user'`,
        [id],
      );
      expect(rows).toEqual([
        {
          action_type: 'pause',
          action_status: 'processed',
          author: expect.stringContaining('temporal-cli'),
          content: 'look',
        },
      ]);
      await worker.client.workflow.getHandle(id).terminate();
      await ended(id);
      await expectVerified(id);
    });
  });

  test('reset of an open run: the same run goes on, under a new epoch', async () => {
    await projecting(1, async () => {
      const id = await worker.start(HOLDING);
      await running(id, 'b');
      await reset(id, 4);
      const row = await rowWhere(id, ({ epoch, status }) => epoch === 1 && status === 'running');
      expect(row.metadata['reset']).toMatchObject({ reason: expect.stringContaining('bad answer') });
      await running(id, 'b');
      await worker.client.workflow.getHandle(id).terminate();
      expect(await ended(id)).toMatchObject({ status: 'terminated', epoch: 1, diverged: null });
      expect(await expectVerified(id)).toMatchObject({ executions: 2 });
    });
  });

  test('reset of a closed run writes nothing to it, and is found all the same', async () => {
    await projecting(1, async () => {
      const id = await worker.start(planOf([act('a', 'ok'), act('b', 'ok', ['a'])], { name: 'short' }));
      expect(await ended(id)).toMatchObject({ status: 'completed', epoch: 0 });
      const { rows } = await database.query<{ event_id: number }>(
        `select event_id from history_events join executions using (execution_id)
         where run_id = $1 and event_type = 'WORKFLOW_TASK_COMPLETED' order by event_id offset 1 limit 1`,
        [id],
      );
      await reset(id, rows[0]?.event_id ?? 0);
      expect(await rowWhere(id, (row) => row.epoch === 1 && row.status === 'completed')).toMatchObject({
        diverged: null,
      });
      expect(await expectVerified(id)).toMatchObject({ executions: 2 });
    });
  });

  test('a start under the id of a closed run is a new branch of it', async () => {
    await projecting(1, async () => {
      const plan = planOf([act('a', 'broken')], { name: 'short' });
      const id = await worker.start(plan);
      expect(await ended(id)).toMatchObject({
        status: 'failed',
        error: { step: 'a', type: 'command_failed' },
      });
      await worker.start(planOf([act('b', 'ok')], { name: 'short' }), id);
      await rowWhere(id, (row) => row.epoch === 1 && row.status === 'completed');
      expect(await steps(id)).toEqual({ a: 'superseded', b: 'completed' });
      await expectVerified(id);
    });
  });

  test('what happened while no projector ran is caught up, in order', async () => {
    const id = runId('unseen');
    const plan = planOf([act('a', 'ok')], { name: 'short' });
    for (let i = 0; i < 3; i++) {
      await worker.start(plan, id);
      await worker.client.workflow.getHandle(id).result();
    }
    await projecting(1, async () => {
      await rowWhere(id, (row) => row.epoch === 2 && row.status === 'completed');
      expect(await expectVerified(id)).toMatchObject({ executions: 3 });
    });
  });

  test('an earlier execution that was found late is put in its place', async () => {
    const id = runId('late');
    const plan = planOf([act('a', 'ok')], { name: 'short' });
    const handles = [];
    for (let i = 0; i < 2; i++) {
      await worker.start(plan, id);
      const { runId: executionId, startTime } = await worker.client.workflow.getHandle(id).describe();
      handles.push({ executionId, startTime });
      await worker.client.workflow.getHandle(id).result();
    }
    const register = ({ executionId, startTime }: { executionId: string; startTime: Date }) =>
      database.query(
        `insert into executions (execution_id, run_id, workflow_type, started_at) values ($1, $2, 'short', $3)`,
        [executionId, id, startTime],
      );
    // On a queue of its own this projector finds nothing but what is registered.
    const blind = { ...config, BATON_TASK_QUEUE: taskQueue('blind') };
    const [first, second] = handles;
    await projecting(
      1,
      async () => {
        if (second !== undefined) await register(second);
        expect(await ended(id)).toMatchObject({ status: 'completed', epoch: 0 });
        if (first !== undefined) await register(first);
        await rowWhere(id, (row) => row.epoch === 1 && row.status === 'completed');
        expect(await expectVerified(id)).toMatchObject({ executions: 2 });
      },
      blind,
    );
  });

  test('a run that another was redirected to is found by what that one’s history says', async () => {
    const id = await worker.start(HOLDING);
    const handle = worker.client.workflow.getHandle(id);
    const { runId: executionId, startTime } = await handle.describe();
    await database.query(
      `insert into executions (execution_id, run_id, workflow_type, started_at) values ($1, $2, 'holding', $3)`,
      [executionId, id, startTime],
    );
    // On a queue of its own this projector finds nothing but what is registered.
    const blind = { ...config, BATON_TASK_QUEUE: taskQueue('blind') };
    await projecting(
      1,
      async () => {
        await running(id, 'b');
        await handle.signal('redirect', { id: 'm1', content: 'something else', skip_to: 'b' });
        const first = await ended(id);
        expect(first).toMatchObject({ status: 'cancelled', terminal_reason: 'redirected' });
        const to = (first['lineage'] as { redirected_to: string }).redirected_to;
        await running(to, 'b');
        expect((await runRow(to))?.['lineage']).toMatchObject({ redirected_from: id, taken_over: ['a'] });
        await worker.client.workflow.getHandle(to).terminate();
        await ended(to);
        await Promise.all([expectVerified(id), expectVerified(to)]);
      },
      blind,
    );
  });

  test('what becomes of messages and of a pause changes their rows, and only these', async () => {
    const talkedTo = planOf([act('a', 'hold'), agent('b', ['a'])], { name: 'talked-to' });
    await projecting(1, async () => {
      const id = await worker.start(talkedTo);
      await running(id, 'a');
      const handle = worker.client.workflow.getHandle(id);
      const thread = async () => {
        const { rows } = await database.query<{
          message_id: string;
          action_status: string;
          reason_code: string;
        }>(
          `select message_id, action_status, reason_code from workflow_messages
           where run_id = $1 and message_id is not null order by seq`,
          [id],
        );
        return rows;
      };
      const m1 = { message_id: 'm1', action_status: 'pending', reason_code: null };
      await handle.signal('instruction', { id: 'm1', content: 'mind zero', target: 'b' });
      await until(async () => (await thread()).length > 0);
      expect(await thread()).toEqual([m1]);
      const comment = { id: 'c1', action: 'comment', content: 'hello' };
      const withdrawal = { id: 'w1', action: 'withdraw', message: 'm1' };
      await handle.signal('messages', { messages: [comment, withdrawal, comment] });
      await until(async () => (await thread()).length > 1);
      expect(await thread()).toMatchObject([
        { ...m1, ...WITHDRAWN },
        { message_id: 'c1', action_status: 'processed' },
        { message_id: 'w1', action_status: 'processed' },
      ]);
      const live = await database.query<{ data: Record<string, unknown>; message: object | null }>(
        listLiveEvents({ runId: id, after: 0, limit: 100 }),
      );
      const receipts = live.rows.filter(({ data }) => data['receipt'] === true);
      expect(receipts).toMatchObject([{ data: { code: 'withdrawn' }, message: { ...m1, ...WITHDRAWN } }]);
      await handle.signal('pause', { mode: 'now' });
      const paused = await rowWhere(id, (row) => row['pause_drained_at'] !== null);
      expect(paused['pause']).toMatchObject({ mode: 'now', busy: 1, drained: 1, on_timeout: 'resume' });
      expect(await steps(id)).toMatchObject({ a: 'pending' });
      await expectVerified(id);
      await handle.signal('resume');
      await running(id, 'a');
      await handle.terminate();
      expect(await ended(id)).toMatchObject({ is_paused: false, pause: null });
      await expectVerified(id);
    });
  });

  test('an execution that Temporal does not have any more is marked, and nobody waits for it', async () => {
    const ghost = '00000000-0000-4000-8000-000000000000';
    await database.query(
      `insert into executions (execution_id, run_id, workflow_type, started_at) values ($1, 'ghost', 'short', now())`,
      [ghost],
    );
    await projecting(1, async () => {
      await until(async () => {
        const { rows } = await database.query('select source_gone from executions where execution_id = $1', [
          ghost,
        ]);
        return (rows[0] as { source_gone: boolean }).source_gone;
      });
    });
    const source = new HistorySource(worker.connection, config.TEMPORAL_NAMESPACE);
    expect(await verifyRun(database, 'ghost', { source })).toMatchObject({ ok: true, temporal: 'gone' });
  });

  test('a namespace that is not there says nothing about executions', async () => {
    const source = new HistorySource(worker.connection, 'no-such-namespace');
    const execution = { runId: 'r', executionId: '00000000-0000-4000-8000-000000000000' };
    const error: unknown = await source
      .whole(execution, new AbortController().signal)
      .catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toBe('away');
  });
});

describe('commands at awkward moments', () => {
  test.each(['cancel', 'pause', 'explode'])(
    '%s with the start: no difference to what the core decides',
    async (name) => {
      await projecting(1, async () => {
        const id = runId(name);
        const envelope = {
          interpreter: INTERPRETER_VERSION,
          plan: HOLDING,
          epoch: 0,
          labels: {},
          startedBy: null,
        };
        await worker.client.workflow.signalWithStart('holding', {
          workflowId: id,
          taskQueue: config.BATON_TASK_QUEUE,
          args: [{}, envelope],
          signal: name,
          signalArgs: [{ id: 'm1', reason: 'at once', timeout_ms: name === 'pause' ? 300 : undefined }],
        });
        await until(
          async () => (await steps(id))['b'] === 'running' || (await runRow(id))?.status === 'cancelled',
        );
        await worker.client.workflow
          .getHandle(id)
          .terminate()
          .catch(() => {});
        await ended(id);
        await expectVerified(id);
      });
    },
  );

  test('random commands to many runs at once', async () => {
    await projecting(1, async () => {
      const ids = await Promise.all(Array.from({ length: 12 }, () => worker.start(BUSY)));
      const names = ['pause', 'resume', 'resume', 'garbage', 'messages', 'cancel'];
      await Promise.all(
        ids.map(async (id, i) => {
          const handle = worker.client.workflow.getHandle(id);
          for (let n = 0; n < 8; n++) {
            const name = names[(i * 7 + n * 5) % (i % 3 === 0 ? 6 : 5)] ?? 'resume';
            await handle.signal(name, { id: `${n}`, timeout_ms: 200 }).catch(() => {});
          }
          if (i % 4 === 0) await handle.cancel().catch(() => {});
          await handle.signal('resume').catch(() => {});
        }),
      );
      for (const id of ids) {
        await ended(id);
        await expectVerified(id);
      }
    });
  });
});

describe('verify and rebuild', () => {
  test('a tampered row is found, and mended', async () => {
    await projecting(1, async () => {
      const id = await worker.start(BUSY);
      await ended(id);
      const before = await expectVerified(id);
      expect(before.rows).toBeGreaterThan(20);
      await database.query(`update workflow_runs set status = 'failed', turns = 99 where id = $1`, [id]);
      await database.query(`delete from workflow_events where run_id = $1 and seq = 2`, [id]);
      const found = await verifyRun(database, id);
      expect(found).toMatchObject({ ok: false, different: 4 });
      expect(found.differences.map(({ table, at }) => `${table} ${at}`).sort()).toEqual([
        'workflow_events null',
        'workflow_runs $.status',
        'workflow_runs $.turns',
        'workflow_runs $.turns (sum over llm_calls)',
      ]);
      expect(await rebuildRun(database, id)).toMatchObject({ run_id: id, steps: 10 });
      expect(await expectVerified(id)).toEqual(before);
    });
  });

  test('a run that is rebuilt while it is followed goes on', async () => {
    await projecting(1, async () => {
      const id = await worker.start(HOLDING);
      await running(id, 'b');
      await rebuildRun(database, id);
      await worker.client.workflow.getHandle(id).terminate('enough');
      expect(await ended(id)).toMatchObject({ status: 'terminated' });
      await expectVerified(id);
    });
  });

  test('an unknown run', async () => {
    await expect(verifyRun(database, 'nobody')).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(rebuildRun(database, 'nobody')).rejects.toMatchObject({ code: 'run_not_found' });
  });
});

describe('while something is away', () => {
  test('it waits, goes on where it was, and misses nothing', async () => {
    const [host = '', port] = temporalTarget().address.split(':');
    const url = new URL(config.DATABASE_URL ?? '');
    const temporalLink = await openLink(host, Number(port));
    const databaseLink = await openLink(url.hostname, Number(url.port));
    afterFile(() => Promise.allSettled([temporalLink.cut(), databaseLink.cut()]));
    url.hostname = '127.0.0.1';
    url.port = String(databaseLink.port);
    const settings = {
      ...config,
      DATABASE_URL: url.href,
      TEMPORAL_ADDRESS: `127.0.0.1:${temporalLink.port}`,
      BATON_LOG_LEVEL: 'silent',
    } as const;
    await projecting(
      1,
      async () => {
        for (const link of [temporalLink, databaseLink]) {
          const before = await worker.start(HOLDING);
          await running(before, 'b');
          await link.cut();
          const meanwhile = await worker.start(BUSY);
          await worker.client.workflow.getHandle(before).terminate('meanwhile');
          await worker.client.workflow.getHandle(meanwhile).result();
          await link.join();
          expect(await ended(before)).toMatchObject({ status: 'terminated' });
          expect(await ended(meanwhile)).toMatchObject({ status: 'completed' });
          await Promise.all([expectVerified(before), expectVerified(meanwhile)]);
        }
      },
      settings,
    );
  });
});

describe('several projectors, and dying ones', () => {
  test('two at once share the work and write every page once', async () => {
    await projecting(2, async () => {
      const ids: string[] = [];
      // Whoever sees a run first follows it.
      await until(
        async () => {
          ids.push(...(await Promise.all([worker.start(BUSY), worker.start(BUSY)])));
          return (await owners(ids)) === 2;
        },
        { interval: 300 },
      );
      for (const id of ids) {
        const sums = { turns: 4, total_tokens: 60, cost_estimate: 28 };
        expect(await ended(id)).toMatchObject({ status: 'completed', ...sums });
        await expectVerified(id);
      }
    });
  });

  async function owners(ids: readonly string[]): Promise<number> {
    const { rows } = await database.query<{ owners: number }>(
      `select count(distinct lease_owner)::int as owners from executions where run_id = any($1)`,
      [ids],
    );
    return rows[0]?.owners ?? 0;
  }

  test('killed in the middle of a page, under load', { timeout: 300_000 }, async () => {
    const ids: string[] = [];
    for (const moment of ['before', 'under_way', 'committed']) {
      for (const killAfter of [1, 4]) {
        await killedChild(moment, killAfter, ids);
      }
    }
    await projecting(1, async () => {
      for (const id of ids) {
        expect(await ended(id)).toMatchObject({ status: 'completed', turns: 4 });
        await expectVerified(id);
      }
    });
  });

  test('killed at any moment from outside, while another one takes over', { timeout: 300_000 }, async () => {
    const ids: string[] = [];
    for (let round = 0; round < 2; round++) {
      const child = startChild({});
      await once(child, 'message');
      for (let i = 0; i < 6; i++) ids.push(await worker.start(BUSY));
      // As soon as it has written something of the last run, it is gone.
      await until(async () => (await runRow(ids.at(-1) ?? '')) !== undefined);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    await projecting(1, async () => {
      for (const id of ids) {
        await ended(id);
        await expectVerified(id);
      }
    });
  });

  /**
   * Runs are started until it dies: pages of several runs share a write, and what another child had leased is not
   * written for ten seconds, so no fixed number of runs is sure to bring it to its last write.
   */
  async function killedChild(moment: string, killAfter: number, ids: string[]): Promise<void> {
    const child = startChild({ KILL_AT: moment, KILL_AFTER: String(killAfter) });
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
    await Promise.race([once(child, 'message'), exited]);
    for (let i = 0; i < MOST_RUNS && child.signalCode === null; i++) {
      ids.push(await worker.start(BUSY));
      await Promise.race([exited, sleep(PACE_MS)]);
    }
    if (child.signalCode === null) child.kill('SIGTERM');
    expect((await exited)[1]).toBe('SIGKILL');
  }

  function startChild(more: NodeJS.ProcessEnv) {
    const env = {
      ...process.env,
      DATABASE_URL: config.DATABASE_URL,
      TEMPORAL_ADDRESS: config.TEMPORAL_ADDRESS,
      TEMPORAL_NAMESPACE: config.TEMPORAL_NAMESPACE,
      BATON_TASK_QUEUE: config.BATON_TASK_QUEUE,
      BATON_LOG_LEVEL: 'error',
      ...more,
    };
    return fork(childProgram, { env, execArgv: [] });
  }
});

/** Notes since when it is listed. */
class NotingSource extends HistorySource {
  readonly since: (number | null)[] = [];
  override list(...[queue, since, signal]: Parameters<HistorySource['list']>) {
    this.since.push(since);
    return super.list(queue, since, signal);
  }
}

test('a projector that starts looks at what came since one has looked last, and once a day at everything', async () => {
  const queue = taskQueue('listing');
  const starter = await startStepWorker(queue);
  const source = new NotingSource(starter.connection, config.TEMPORAL_NAMESPACE);
  const found = new Set<string>();
  /** Until it has found so many. */
  const look = async (ids: readonly string[]) => {
    const stop = new AbortController();
    const onFound = (id: string) => void found.add(id);
    const shared = { database, taskQueue: queue, log, signal: stop.signal, pulse: new Pulse(), source };
    await new Discovery({ ...shared, onFound }).run(() => {
      if (ids.every((id) => found.has(id))) stop.abort();
    });
    return source.since.splice(0)[0];
  };
  const before = await starter.start(HOLDING);
  await until(async () => {
    for await (const page of source.list(queue, null, new AbortController().signal))
      if (page.length > 0) return true;
    return false;
  });
  source.since.splice(0);
  expect(await look([before])).toBeNull();
  const later = await starter.start(HOLDING);
  const { startMs } = await source.describe({ runId: before, executionId: '' }, new AbortController().signal);
  expect(await look([before, later])).toBeCloseTo(startMs - 600_000, -1);
  await database.query(`update listed_executions set whole_at = now() - interval '25 hours'`);
  expect(await look([before, later])).toBeNull();
  await database.query(`update listed_executions set namespace_id = 'of another Temporal'`);
  expect(await look([before, later])).toBeNull();
  for (const id of [before, later]) await starter.client.workflow.getHandle(id).terminate();
});
