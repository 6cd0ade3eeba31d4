/** Effects outlive the attempts that began them; each process that asks gets what one of them brought. */
import { CancelledFailure } from '@temporalio/common';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Effects, type Asking, type Effect } from '../../src/activities/effects/effects.ts';
import { readSecrets } from '../../src/activities/secrets.ts';
import { StepFailure } from '../../src/activities/step-failure.ts';
import type { Database } from '../../src/database/database.ts';
import { sql } from '../../src/database/sql.ts';
import { createLogger } from '../../src/log/log.ts';
import { projectRun } from '../api/harness.ts';
import { afterFile } from '../support/after-file.ts';
import { freshDatabase, runId, until } from '../support/index.ts';
import { openTestDatabase } from '../support/test-database.ts';

const log = createLogger('test', 'silent');
let database: Database;
beforeAll(async () => {
  database = openTestDatabase(await freshDatabase(), log);
});
afterFile(() => database.end());

/** As many processes. */
const workers = (count: number): Effects[] =>
  Array.from({ length: count }, () => new Effects({ database, log, secrets: readSecrets({}) }));

let first: Effect;
let second: Effect;
beforeEach(() => {
  const id = runId('effect');
  first = { key: `${id}/0/pay/1`, inputHash: 'h', runId: id, repeated: false };
  second = { ...first, repeated: true };
});

const patient: Asking = { signal: new AbortController().signal, isLost: () => false };
const never = () => Promise.reject(new Error('must not happen again'));
const kept = async ({ key }: Effect) =>
  (await database.query<{ outcome: unknown }>(sql`select outcome from kept_results where key = ${key}`)).rows;

/** An effect that is under way until `end` is called, be it before it has begun. */
function underWay() {
  let end!: (value: string) => void;
  const ended = new Promise<string>((resolve) => (end = resolve));
  let signal: AbortSignal | undefined;
  const work = (given: AbortSignal) => {
    signal = given;
    const stopped = new Promise<never>((_, reject) => {
      given.addEventListener('abort', () => reject(given.reason as Error));
    });
    return Promise.race([ended, stopped]);
  };
  return { work, end, signal: () => signal };
}

/** An attempt, and how it ends early. */
function attempt(isLost: boolean) {
  const controller = new AbortController();
  return { asking: { signal: controller.signal, isLost: () => isLost }, abort: controller };
}

describe('what an effect brought', () => {
  it('is there for the next attempt, in whichever process, and for the same work only', async () => {
    const [one, other] = workers(2) as [Effects, Effects];
    expect(await one.perform(first, patient, async () => ({ paid: 5 }))).toEqual({ paid: 5 });
    await until(async () => (await kept(first)).length === 1);
    expect(await one.perform(second, patient, never)).toEqual({ paid: 5 });
    expect(await other.perform(second, patient, never)).toEqual({ paid: 5 });
    const elsewhere = { ...second, inputHash: 'another' };
    expect(await other.perform(elsewhere, patient, async () => 'done')).toBe('done');
  });

  it('may be a no of the step; failures of the machinery and cancels are not kept', async () => {
    const [one] = workers(1) as [Effects];
    const no = new StepFailure('http_status', 'POST answered 402', {
      retryable: false,
      data: { status: 402 },
    });
    await expect(one.perform(first, patient, () => Promise.reject(no))).rejects.toBe(no);
    await until(async () => (await kept(first)).length === 1);
    await expect(one.perform(second, patient, never)).rejects.toMatchObject({
      ...{ code: 'http_status', message: no.message, details: no.details },
    });
    for (const error of [new StepFailure('connection_refused', 'no'), new CancelledFailure('stop')]) {
      const effect = { ...first, inputHash: error.name };
      await expect(one.perform(effect, patient, () => Promise.reject(error))).rejects.toBe(error);
      const again = { ...effect, repeated: true };
      expect(await one.perform(again, patient, async () => 'again')).toBe('again');
    }
  });
});

describe('an effect whose attempt is lost', () => {
  it('goes on, and the next attempt joins it', async () => {
    const [one] = workers(1) as [Effects];
    const effect = underWay();
    const { asking, abort } = attempt(true);
    const lost = one.perform(first, asking, effect.work);
    abort.abort(new Error('lost'));
    await expect(lost).rejects.toThrow('lost');
    const joined = one.perform(second, patient, never);
    effect.end('paid');
    expect(await joined).toBe('paid');
  });

  it('is waited for by other processes, also while its own one stops', async () => {
    const [one, other] = workers(2) as [Effects, Effects];
    const effect = underWay();
    const { asking, abort } = attempt(true);
    const lost = one.perform(first, asking, effect.work);
    abort.abort(new Error('lost'));
    await expect(lost).rejects.toThrow('lost');
    const stopping = one.settle(60_000);
    const waiting = other.perform(second, patient, never);
    effect.end('paid');
    expect(await waiting).toBe('paid');
    await stopping;
  });

  it('is done anew when its process has died or could not wait longer', async () => {
    const [one, other] = workers(2) as [Effects, Effects];
    const effect = underWay();
    const { asking, abort } = attempt(true);
    const lost = one.perform(first, asking, effect.work);
    abort.abort(new Error('lost'));
    await expect(lost).rejects.toThrow('lost');
    await one.settle(0);
    expect(effect.signal()?.aborted).toBe(true);
    await until(async () => (await kept(first)).length === 0);
    expect(await other.perform(second, patient, async () => 'anew')).toBe('anew');

    await database.query(sql`
      insert into kept_results (key, input_hash, run_id, beat_at)
      values (${first.key}, 'dead', ${first.runId}, now() - interval '1 minute')`);
    const dead = { ...second, inputHash: 'dead' };
    expect(await other.perform(dead, patient, async () => 'anew')).toBe('anew');
  });

  it('is stopped once its run has ended', async () => {
    const [one] = workers(1) as [Effects];
    const effect = underWay();
    const { asking, abort } = attempt(true);
    const lost = one.perform(first, asking, effect.work);
    await projectRun(database, first.runId, { status: 'terminated' });
    abort.abort(new Error('lost'));
    await expect(lost).rejects.toThrow('lost');
    await until(() => effect.signal()?.aborted === true);
  });
});

it('a cancel stops the effect, and whoever waits for one elsewhere can be cancelled', async () => {
  const [one, other] = workers(2) as [Effects, Effects];
  const effect = underWay();
  const mine = attempt(false);
  const cancelled = one.perform(first, mine.asking, effect.work);
  await database.query(sql`
    insert into kept_results (key, input_hash, run_id) values (${first.key}, ${first.inputHash}, ${first.runId})`);
  const theirs = attempt(false);
  const waiting = other.perform(second, theirs.asking, never);
  theirs.abort.abort(new CancelledFailure('stop'));
  await expect(waiting).rejects.toThrow('stop');
  mine.abort.abort(new CancelledFailure('stop'));
  await expect(cancelled).rejects.toThrow('stop');
  expect(effect.signal()?.aborted).toBe(true);
  await until(async () => (await kept(first)).length === 0);
});

describe('what is begun once', () => {
  const once = (effect: Effect): Effect => ({ ...effect, whenCut: 'nobody knows' });

  it('is waited for by whoever comes too, a first attempt as well, and then there for all', async () => {
    const [one, other] = workers(2) as [Effects, Effects];
    const work = underWay();
    const beginning = one.perform(once(first), patient, work.work);
    await until(async () => (await kept(first)).length === 1);
    const coming = other.perform(once(first), patient, never);
    work.end('paid');
    expect(await Promise.all([beginning, coming])).toEqual(['paid', 'paid']);
    expect(await other.perform(once(second), patient, never)).toBe('paid');
  });

  it('is not begun again once it was cut short, by a cancel or with its worker', async () => {
    const [one, other] = workers(2) as [Effects, Effects];
    const work = underWay();
    const { asking, abort } = attempt(false);
    const beginning = one.perform(once(first), asking, work.work);
    await until(() => work.signal() !== undefined);
    abort.abort(new CancelledFailure('stop'));
    await expect(beginning).rejects.toThrow('stop');
    expect(await other.perform(once(second), patient, never)).toBe('nobody knows');
    const lost = { ...once(first), inputHash: 'lost' };
    const { key, inputHash, runId: run } = lost;
    await database.query(sql`
      insert into kept_results (key, input_hash, run_id, beat_at)
      values (${key}, ${inputHash}, ${run}, now() - interval '1 minute')`);
    expect(await other.perform(lost, patient, never)).toBe('nobody knows');
  });

  it('is tried again when the machinery failed before it had begun', async () => {
    const [one] = workers(1) as [Effects];
    const no = new StepFailure('storage_unavailable', 'no');
    await expect(one.perform(once(first), patient, () => Promise.reject(no))).rejects.toBe(no);
    await until(async () => (await kept(first)).length === 0);
    expect(await one.perform(once(second), patient, async () => 'done')).toBe('done');
  });
});
