/**
 * Events on their way out, with real Postgres and receivers on loopback: well-behaved, hostile, slow and dead ones. The
 * projector's part is played by SQL, but for the test in which a run really runs.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import getPort from 'get-port';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { Webhook as Verifier } from 'standardwebhooks';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../src/config.ts';
import type { WebhookDelivery } from '../src/contract/webhooks/delivery.ts';
import type { Webhook, WebhookWithSecret } from '../src/contract/webhooks/webhook.ts';
import { sql } from '../src/database/sql.ts';
import { ROOT } from '../src/places.ts';
import { rebuildRun, runProjector } from '../src/projections/index.ts';
import { keyringOf } from '../src/secrets/keyring.ts';
import { maskingFor } from '../src/secrets/masking.ts';
import { dispatchEvents } from '../src/webhooks/index.ts';
import { sealStored } from '../src/webhooks/seal-stored.ts';
import { planOf } from '../src/workflows/core/testing/plans.ts';
import { projectQuestion, projectRun, SEALING_KEY, startApi, type Api } from './api/harness.ts';
import { documentOf } from './docs/documents.ts';
import { afterFile } from './support/after-file.ts';
import { buildChild } from './support/build-child.ts';
import { runId, temporalTarget, until } from './support/index.ts';
import { act, startStepWorker } from './support/step-worker.ts';
import { startReceiver, type Received, type WebhookReceiver } from './support/webhook-receiver.ts';
import { patientConfig } from './support/test-database.ts';

/** A program of its own. */
let childProgram: string;
/** What dispatchers warn of: told where a test waits in vain. */
const warnings: string[] = [];
const log = pino({ level: 'warn' }, { write: (line) => void warnings.push(line) });
const OTHER_KEY = 'c0de'.repeat(16);
const SECRET = 'canary-of-the-environment';

let api: Api;
let databaseUrl: string;
let receiver: WebhookReceiver;
let config: Config;

beforeAll(async () => {
  api = await startApi(50);
  databaseUrl = (api.database.options as { connectionString: string }).connectionString;
  receiver = await startReceiver();
  config = patientConfig({
    BATON_ALLOW_PRIVATE_NETWORK: '1',
    BATON_PUBLIC_URL: 'https://baton.example.com/',
    BATON_SEALING_KEY: SEALING_KEY,
  });
  childProgram = await buildChild('dispatcher-child');
});

/** While `work` is done, so many dispatchers send. */
async function dispatching<T>(work: () => Promise<T>, { count = 1, settings = config } = {}): Promise<T> {
  const stop = new AbortController();
  const { mask } = maskingFor([SECRET]);
  const means = { database: api.database, config: settings, mask, log, signal: stop.signal };
  const running = Array.from({ length: count }, () => dispatchEvents(means));
  try {
    return await work();
  } finally {
    stop.abort();
    await Promise.all(running);
  }
}

async function add(content: object): Promise<WebhookWithSecret> {
  const { status, body } = await api.post<WebhookWithSecret>('/webhooks', content);
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

const to = (path: string, more: object = {}) => add({ url: `${receiver.url}${path}`, ...more });

async function put<Body>(path: string, body: object): Promise<{ status: number; body: Body }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${api.url}/api/v1${path}`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

interface Told {
  readonly type?: string;
  readonly step?: string;
  readonly data?: object;
  readonly at?: string;
}

const COMPLETED: Told = { type: 'complete', data: { status: 'completed' } };

/** Puts events of a run out as the projector would, numbered on. */
async function tell(run: string, ...events: readonly Told[]): Promise<void> {
  const rows = events.map(({ type = 'complete', step, data = { status: 'completed' }, at }, i) => ({
    ...{ run_id: run, seq: i + 1, type, step: step ?? null, attempt: null, turn: null, data },
    ...{
      caused_by: null,
      previous: null,
      at: at ?? new Date().toISOString(),
      execution_id: 'e',
      event_id: i,
    },
  }));
  await api.database.query(sql`
    with put as (insert into outgoing_events (event)
      select e from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) with ordinality r(e, n) order by n returning 1)
    select pg_notify('baton_outgoing', '') from put limit 1`);
}

async function newRun(options: Parameters<typeof projectRun>[2] = {}): Promise<string> {
  const id = runId('told');
  await projectRun(api.database, id, options);
  return id;
}

async function deliveries({ id }: Pick<Webhook, 'id'>, query = ''): Promise<readonly WebhookDelivery[]> {
  const { body } = await api.get<{ items: WebhookDelivery[] }>(`/webhooks/${id}/deliveries${query}`);
  return body.items;
}

const tried = (webhook: Webhook, status: WebhookDelivery['status']) =>
  until(
    async () => (await deliveries(webhook)).find((one) => one.status === status && one.tries.length > 0),
    { describe: async () => ({ warnings, deliveries: await deliveries(webhook) }) },
  );

const webhookNow = async ({ id }: Webhook) => (await api.get<Webhook>(`/webhooks/${id}`)).body;

const eventIn = (received: Received | undefined) =>
  JSON.parse(received?.body ?? 'null') as {
    id: string;
    type: string;
    data: { run: { id: string }; event: { seq: number; data: object }; links: Record<string, string> };
  };

describe('a webhook', () => {
  test('gets events as CloudEvents that the reference library of Standard Webhooks accepts', async () => {
    const path = `/ok/${runId('signed')}`;
    const webhook = await to(path, { events: ['run.*'] });
    const run = await newRun({ workflow: 'review', labels: { team: 'payments' } });
    // A try whose answer is not in when its process stops is given up: so it is looked at before that.
    const delivered = await dispatching(async () => {
      await tell(run, { ...COMPLETED, data: { status: 'completed', note: `it said ${SECRET}` } });
      return tried(webhook, 'delivered');
    });
    const [one] = receiver.at(path);
    expect(one?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const event = new Verifier(webhook.secret ?? '').verify(one?.body ?? '', one?.headers ?? {});
    expect(event).toMatchObject({
      specversion: '1.0',
      id: one?.headers['webhook-id'],
      source: 'https://baton.example.com',
      type: 'dev.baton.run.completed',
      subject: run,
      data: {
        run: { id: run, workflow: 'review', labels: { team: 'payments' } },
        event: { seq: 1, type: 'complete', data: { note: 'it said ***' } },
        links: { console: `https://baton.example.com/runs/${run}` },
      },
    });
    expect(() => new Verifier(webhook.secret ?? '').verify(`${one?.body} `, one?.headers ?? {})).toThrow();
    expect(delivered).toMatchObject({
      attempts: 1,
      tries: [{ status: 204, error: null }],
    });
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('shows its secret once; with another one both sign for a while', async () => {
    const webhook = await to('/ok/rotated?token=hidden', { name: 'Rotated' });
    const { body: shown } = await api.get<Webhook>('/webhooks/rotated');
    expect(JSON.stringify(shown)).not.toMatch(/whsec_|hidden/);
    const { body: next } = await api.post<WebhookWithSecret>(`/webhooks/${webhook.id}/rotate`, {});
    expect(next.secret).not.toBe(webhook.secret);
    const [one] = await dispatching(async () => {
      await api.post(`/webhooks/${webhook.id}/test`);
      return until(
        () => receiver.at('/ok/rotated?token=hidden').length > 0 && receiver.at('/ok/rotated?token=hidden'),
      );
    });
    for (const secret of [webhook.secret, next.secret])
      expect(new Verifier(secret ?? '').verify(one?.body ?? '', one?.headers ?? {})).toMatchObject({
        type: 'dev.baton.webhook.test',
      });
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('gets what it asks for: types, and runs that fit its filter', async () => {
    const webhook = await to('/ok/choosy', { events: ['failure', 'question.*'], filter: 'label:team=a' });
    const [mine, other] = [await newRun({ labels: { team: 'a' } }), await newRun({ labels: { team: 'b' } })];
    const failed = { type: 'complete', data: { status: 'failed' } };
    const asked = {
      type: 'question',
      step: 'ask',
      data: { question: 'q/1', action: 'asked', status: 'open' },
    };
    await dispatching(async () => {
      await tell(other, failed, asked);
      await tell(mine, COMPLETED, failed, asked);
      await until(() => receiver.at('/ok/choosy').length === 2);
    });
    const got = receiver.at('/ok/choosy').map(eventIn);
    expect(got.map(({ type, data }) => [type, data.run.id])).toEqual([
      ['dev.baton.run.failed', mine],
      ['dev.baton.question.asked', mine],
    ]);
    expect(got[1]?.data.links['answer']).toBe(
      `https://baton.example.com/inbox?question=q%2F1&run=${encodeURIComponent(mine)}`,
    );
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('for somebody gets what concerns that person, and no question that names others', async () => {
    const ana = await to('/ok/ana', { for: 'ana', events: ['question', 'failure', 'budget'] });
    const both = await to('/ok/ana-both', { for: 'Ana', events: ['question'], filter: 'label:team=a' });
    const [hers, other] = [await newRun({ labels: { team: 'a' } }), await newRun()];
    await api.database.query(
      sql`update workflow_runs set metadata = '{"started_by": "ana"}' where id = ${hers}`,
    );
    for (const run of [hers, other])
      for (const [id, approvers] of [
        ['anybody', []],
        ['names-bo', ['bo']],
        ['names-ana', ['bo', 'ANA']],
      ] as const)
        await projectQuestion(api.database, run, id, { approvers });
    const asked = (question: string) => ({
      type: 'question',
      data: { question, action: 'asked', status: 'open' },
    });
    const all = [asked('anybody'), asked('names-bo'), asked('names-ana'), { data: { status: 'failed' } }];
    await dispatching(async () => {
      await tell(other, ...all);
      await tell(hers, ...all);
      await until(() => receiver.at('/ok/ana').length === 4 && receiver.at('/ok/ana-both').length === 2, {
        describe: async () => ({ warnings }),
      });
      await until(async () => (await deliveries(ana, '?status=delivered')).length === 4);
    });
    const got = (path: string) =>
      receiver
        .at(path)
        .map(eventIn)
        .map(({ type, data }) => [data.run.id, { question: type, ...data.event.data }.question])
        .toSorted();
    expect(got('/ok/ana')).toEqual(
      [
        [other, 'names-ana'],
        [hers, 'anybody'],
        [hers, 'names-ana'],
        [hers, 'dev.baton.run.failed'],
      ].toSorted(),
    );
    expect(got('/ok/ana-both').map(([, question]) => question)).toEqual(['anybody', 'names-ana']);
    expect(await deliveries(ana)).toHaveLength(4);
    const { body: wider } = await put<Webhook>(`/webhooks/${ana.id}`, { for: null });
    expect(wider).toMatchObject({ for: null, last_delivery: { status: 'delivered', error: null } });
    for (const { id } of [ana, both]) await api.remove(`/webhooks/${id}`);
  });

  test('gets nothing that happened before it was there', async () => {
    const webhook = await to('/ok/new');
    const run = await newRun();
    await dispatching(async () => {
      await tell(run, { ...COMPLETED, at: '2026-01-01T00:00:00Z' }, COMPLETED);
      await until(() => receiver.at('/ok/new').length > 0);
    });
    expect((await deliveries(webhook)).map(({ run_id }) => run_id)).toEqual([run]);
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test.each([
    ['a scheme', { url: 'ftp://example.com/' }],
    ['a login', { url: 'https://ana:pw@example.com/' }],
    ['no URL', {}],
    ['an event', { url: 'https://example.com/', events: ['run.compleated'] }],
    ['an e-mail address', { kind: 'email', addresses: ['a@b.example\r\nBcc: c@d.example'] }],
    ['a secret', { url: 'https://example.com/', secret: 'whsec_short' }],
    ['a filter', { url: 'https://example.com/', filter: 'status:' }],
  ])('is refused for %s', async (_, content) => {
    expect((await api.post('/webhooks', content)).status).toBe(400);
  });
});

describe('a receiver', () => {
  test.each([
    ['500', 'it answered 500'],
    ['301', 'redirects are not followed (301)'],
    ['garbage', expect.any(String)],
  ])('that answers %s is tried again later', async (how, error) => {
    const webhook = await to(`/${how}/bad`);
    await dispatching(async () => {
      await tell(await newRun(), COMPLETED);
      expect(await tried(webhook, 'pending')).toMatchObject({
        attempts: 1,
        tries: [{ error }],
        next_attempt_at: expect.any(String),
      });
    });
    expect(JSON.stringify(await deliveries(webhook))).not.toContain('of the receiver');
    expect(receiver.at('/ok/redirected')).toEqual([]);
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('that never ends its answer has answered', async () => {
    const webhook = await to('/gigabyte/large');
    await dispatching(async () => {
      await tell(await newRun(), COMPLETED);
      expect(await tried(webhook, 'delivered')).toMatchObject({ attempts: 1 });
    });
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('that says nothing keeps no other from its events, nor has it more than four at once', async () => {
    const silent = await to('/silent/dead');
    const other = await to('/ok/beside-silent');
    await dispatching(async () => {
      for (let i = 0; i < 10; i++) await tell(await newRun(), COMPLETED);
      await until(() => receiver.at('/ok/beside-silent').length === 10);
      await until(() => receiver.at('/silent/dead').length >= 4);
      expect(receiver.at('/silent/dead')).toHaveLength(4);
      receiver.hangUp();
      expect(await tried(silent, 'pending')).toMatchObject({ attempts: 1 });
    });
    for (const { id } of [silent, other]) await api.remove(`/webhooks/${id}`);
  });

  test('that is gone is not asked again', async () => {
    const webhook = await to('/410/gone');
    await dispatching(async () => {
      await tell(await newRun(), COMPLETED);
      expect(await tried(webhook, 'dead')).toMatchObject({ attempts: 1 });
    });
    expect(await webhookNow(webhook)).toMatchObject({
      enabled: false,
      disabled_reason: expect.stringContaining('410'),
    });
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('that asks for time gets it', async () => {
    const webhook = await to('/429/busy');
    await dispatching(async () => {
      await tell(await newRun(), COMPLETED);
      const { next_attempt_at: next, tries } = await tried(webhook, 'pending');
      expect(Date.parse(next ?? '') - Date.parse(tries[0]?.at ?? '')).toBeGreaterThanOrEqual(3_600_000);
    });
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('on this machine is not reached unless that is allowed', async () => {
    const webhook = await to('/ok/private');
    const settings = { ...config, BATON_ALLOW_PRIVATE_NETWORK: false };
    await api.database.query(
      sql`update webhooks set url = ${`${receiver.url.replace('http:', 'https:')}/ok/private`} where id = ${webhook.id}`,
    );
    const refused = await dispatching(
      async () => {
        await tell(await newRun(), COMPLETED);
        return tried(webhook, 'pending');
      },
      { settings },
    );
    expect(refused.tries[0]?.error).toContain('127.0.0.1 (loopback) is not public');
    expect(receiver.at('/ok/private')).toEqual([]);
    await api.remove(`/webhooks/${webhook.id}`);
  });
});

describe('secrets', () => {
  const rowOf = async ({ id }: Webhook) => {
    const { rows } = await api.database.query<{ row: string; url: string }>(
      sql`select w::text as row, url from webhooks w where id = ${id}`,
    );
    return rows[0] ?? { row: '', url: '' };
  };
  const seal = (...keys: readonly string[]) => sealStored(databaseUrl, { keyring: keyringOf(keys) });

  test('stand sealed in the tables, the address too, and are told once', async () => {
    const made = await to('/ok/sealed?token=in-the-query');
    const { body: rotated } = await api.post<WebhookWithSecret>(`/webhooks/${made.id}/rotate`, {});
    const { row } = await rowOf(made);
    expect(row.match(/sealed:1:/g)).toHaveLength(3);
    for (const secret of [made.secret, rotated.secret, 'token', receiver.url])
      expect(row).not.toContain(secret);
    expect((await webhookNow(made)).url).toBe(`${receiver.url}/ok/sealed?***`);
    await put(`/webhooks/${made.id}`, { url: `${receiver.url}/ok/moved` });
    expect((await rowOf(made)).url).toMatch(/^sealed:1:/);
    await dispatching(async () => {
      await api.post(`/webhooks/${made.id}/test`, {});
      await tried(made, 'delivered');
    });
    const [got] = receiver.at('/ok/moved');
    for (const { secret } of [made, rotated])
      expect(() => new Verifier(secret ?? '').verify(got?.body ?? '', got?.headers ?? {})).not.toThrow();
    await api.remove(`/webhooks/${made.id}`);
  });

  test('of before are sent with as they stand, and sealed by and by; the key may change', async () => {
    const webhook = await to('/ok/of-before');
    const url = `${receiver.url}/ok/of-before`;
    await api.database.query(sql`
      update webhooks set url = ${url}, secret = ${webhook.secret} where id = ${webhook.id}`);
    const sent = async (settings = config) => {
      const { length } = receiver.at('/ok/of-before');
      await dispatching(
        async () => {
          await api.post(`/webhooks/${webhook.id}/test`, {});
          await until(() => receiver.at('/ok/of-before').length > length);
        },
        { settings },
      );
      const { body, headers } = receiver.at('/ok/of-before')[length] ?? { body: '', headers: {} };
      expect(() => new Verifier(webhook.secret ?? '').verify(body, headers)).not.toThrow();
    };
    await sent();
    const sealedOnce = await seal(SEALING_KEY);
    expect([sealedOnce > 0, await seal(SEALING_KEY)]).toEqual([true, 0]);
    await sent();
    expect(await seal(OTHER_KEY)).toBe(0);
    expect(await seal(OTHER_KEY, SEALING_KEY)).toBeGreaterThan(0);
    await sent({ ...config, BATON_SEALING_KEY: [OTHER_KEY] });
    // Who lacks the key sends nothing, writes nothing, and can still be asked.
    expect((await webhookNow(webhook)).url).toBeNull();
    expect(await api.post('/webhooks', { url })).toMatchObject({
      status: 503,
      body: { code: 'sealing_key_unavailable' },
    });
    const unsent = await dispatching(async () => {
      const { body } = await api.post<WebhookDelivery>(`/webhooks/${webhook.id}/test`, {});
      return until(async () =>
        (await deliveries(webhook)).find(({ id, attempts }) => id === body.id && attempts > 0),
      );
    });
    expect(unsent).toMatchObject({ status: 'pending', tries: [{ error: expect.stringContaining('lacks') }] });
    await seal(SEALING_KEY, OTHER_KEY);
    await api.remove(`/webhooks/${webhook.id}`);
  });
});

describe('deliveries', () => {
  test('of one run are begun in the order of its events; a retry may come later', async () => {
    // No retry comes by itself while the others are sent.
    const webhook = await to('/later-500/order');
    const run = await newRun();
    await dispatching(async () => {
      await tell(run, ...Array.from({ length: 8 }, () => COMPLETED));
      await until(() => receiver.at('/later-500/order').length === 8);
      await until(async () => (await deliveries(webhook, '?status=delivered')).length === 7);
      await api.database.query(
        sql`update webhook_deliveries set next_at = now() where webhook_id = ${webhook.id}`,
      );
      await until(() => receiver.at('/later-500/order').length === 9);
    });
    const seqs = receiver.at('/later-500/order').map((one) => eventIn(one).data.event.seq);
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1]);
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('of one run are begun in order also while further events come and several processes send', async () => {
    const webhook = await to('/ok/stream');
    const run = await newRun();
    await dispatching(
      async () => {
        for (let i = 0; i < 30; i++) await tell(run, COMPLETED, COMPLETED);
        await until(async () => (await deliveries(webhook, '?status=delivered&limit=200')).length === 60);
      },
      { count: 3 },
    );
    const { rows } = await api.database.query<{ event_id: string }>(
      sql`select event_id from webhook_deliveries where webhook_id = ${webhook.id} order by position`,
    );
    expect(receiver.at('/ok/stream').map(({ headers }) => headers['webhook-id'])).toEqual(
      rows.map(({ event_id }) => event_id),
    );
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('are shared by dispatchers, and made once each', async () => {
    const webhook = await to('/ok/shared');
    await dispatching(
      async () => {
        const runs = await Promise.all(Array.from({ length: 10 }, () => newRun()));
        await Promise.all(runs.map((run) => tell(run, COMPLETED, COMPLETED, COMPLETED)));
        await until(async () => (await deliveries(webhook, '?status=delivered')).length === 30);
      },
      { count: 3 },
    );
    const ids = receiver.at('/ok/shared').map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('that are under way at a stop come to their end; those that nobody answers are given back', async () => {
    const [slow, silent] = [await to('/slow/stop'), await to('/silent/stop')];
    await dispatching(async () => {
      await tell(await newRun(), COMPLETED);
      await until(() => receiver.at('/slow/stop').length === 1 && receiver.at('/silent/stop').length === 1);
    });
    expect(await deliveries(slow)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
    expect(await deliveries(silent)).toMatchObject([{ status: 'pending', attempts: 0, tries: [] }]);
    for (const { id } of [slow, silent]) await api.remove(`/webhooks/${id}`);
  });

  test('are made again under the same id when whoever sent died before it could write that down', async () => {
    const webhook = await to('/silent/crash');
    const child = fork(childProgram, {
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        BATON_ALLOW_PRIVATE_NETWORK: '1',
        BATON_SEALING_KEY: SEALING_KEY,
      },
    });
    await once(child, 'message');
    const sent = new Promise<void>((done) => receiver.onRequest(() => done()));
    await tell(await newRun(), COMPLETED);
    await sent;
    child.kill('SIGKILL');
    await once(child, 'exit');
    receiver.onRequest(() => {});
    expect(await deliveries(webhook)).toMatchObject([{ status: 'pending', attempts: 0 }]);
    await api.database.query(sql`
      update webhooks set url = ${`${receiver.url}/ok/after-crash`} where id = ${webhook.id}`);
    // Its lease is brought forward.
    await api.database.query(sql`
      update webhook_deliveries set leased_until = now() - interval '1 s' where webhook_id = ${webhook.id}`);
    await dispatching(() => until(() => receiver.at('/ok/after-crash').length > 0));
    const [before, after] = [receiver.at('/silent/crash'), receiver.at('/ok/after-crash')];
    expect(after.map(({ headers }) => headers['webhook-id'])).toEqual([before[0]?.headers['webhook-id']]);
    expect(after[0]?.body).toBe(before[0]?.body);
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('that are given up a hundred times in a row give the webhook up; what it missed is made again', async () => {
    const webhook = await to('/first-500/dead');
    const [last, missed] = [await newRun(), await newRun()];
    await api.database.query(sql`update webhooks set dead_in_row = 99 where id = ${webhook.id}`);
    await dispatching(async () => {
      await tell(last, COMPLETED);
      await tried(webhook, 'pending');
      await api.database.query(sql`
        update webhooks set url = ${`${receiver.url}/500/dead`} where id = ${webhook.id}`);
      // A day later.
      await api.database.query(sql`
        update webhook_deliveries set next_at = now(), give_up_at = now() where webhook_id = ${webhook.id}`);
      await tried(webhook, 'dead');
      const given = await webhookNow(webhook);
      expect(given).toMatchObject({ enabled: false, disabled_reason: expect.stringContaining('100') });
      await tell(missed, COMPLETED);
      await until(async () => (await deliveries(webhook, '?status=missed')).length === 1);
      expect((await api.post(`/webhooks/${webhook.id}/redeliver`, {})).body.code).toBe('webhook_disabled');
      await put(`/webhooks/${webhook.id}`, { enabled: true, url: `${receiver.url}/ok/revived` });
      expect(await webhookNow(webhook)).toMatchObject({
        enabled: true,
        disabled_reason: null,
        dead_in_row: 0,
      });
      const { body } = await api.post<{ deliveries: number }>(`/webhooks/${webhook.id}/redeliver`, {});
      expect(body.deliveries).toBe(2);
      await until(() => receiver.at('/ok/revived').length === 2);
      await until(async () => (await deliveries(webhook, '?status=delivered')).length === 2);
    });
    const [once500] = receiver.at('/first-500/dead');
    const ids = receiver.at('/ok/revived').map(({ headers }) => headers['webhook-id']);
    expect(ids).toContain(once500?.headers['webhook-id']);
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('are listed page by page, and one is shown with what was sent, and made again', async () => {
    const webhook = await to('/ok/listed');
    await dispatching(async () => {
      const run = await newRun();
      await tell(run, COMPLETED, COMPLETED, COMPLETED);
      await until(async () => (await deliveries(webhook, '?status=delivered')).length === 3);
      const { body: page } = await api.get<{ items: WebhookDelivery[]; next_cursor: string }>(
        `/webhooks/${webhook.id}/deliveries?limit=2`,
      );
      const rest = await deliveries(webhook, `?limit=2&cursor=${page.next_cursor}`);
      expect([page.items.length, rest.length]).toEqual([2, 1]);
      const { body: one } = await api.get(`/webhooks/${webhook.id}/deliveries/${rest[0]?.id}`);
      expect(one).toMatchObject({ event: { id: rest[0]?.event_id, data: { event: { seq: 1 } } } });
      await api.post(`/webhooks/${webhook.id}/deliveries/${rest[0]?.id}/redeliver`);
      await until(() => receiver.at('/ok/listed').length === 4);
      expect(receiver.at('/ok/listed')[3]?.headers['webhook-id']).toBe(rest[0]?.event_id);
    });
    expect((await api.get(`/webhooks/${webhook.id}/deliveries/999999`)).body.code).toBe('delivery_not_found');
    await api.remove(`/webhooks/${webhook.id}`);
  });
});

test('the receiver of docs/webhooks.md takes what is signed, once, and nothing else', async () => {
  const [program] = documentOf('docs/webhooks.md').blocks.filter(({ language }) => language === 'js');
  const file = join(ROOT, 'dist', 'testing', 'receiver-example.mjs');
  writeFileSync(file, program?.text ?? '');
  const port = await getPort({ host: '127.0.0.1' });
  const url = `http://127.0.0.1:${port}/`;
  const webhook = await add({ url });
  const env = { ...process.env, PORT: String(port), WEBHOOK_SECRET: webhook.secret ?? '' };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  afterFile(() => child.kill('SIGKILL'));
  let told = '';
  child.stdout.on('data', (piece: Buffer) => (told += piece.toString()));
  const forged = () => fetch(url, { method: 'POST', body: '{"type": "forged"}' });
  await until(async () => (await forged()).status === 401);
  const run = await newRun();
  await dispatching(async () => {
    await tell(run, COMPLETED);
    const { id } = await tried(webhook, 'delivered');
    await api.post(`/webhooks/${webhook.id}/deliveries/${id}/redeliver`);
    await until(async () => (await deliveries(webhook)).some(({ tries }) => tries.length === 2));
  });
  const line = `dev.baton.run.completed ${run} https://baton.example.com/runs/${run}\n`;
  await until(() => told.includes(line));
  expect(told).toBe(line);
  await api.remove(`/webhooks/${webhook.id}`);
});

describe('notices', () => {
  const question = {
    type: 'question',
    step: 'ask',
    data: {
      question: 'ask#1',
      action: 'asked',
      status: 'open',
      preview: 'Shall <!channel> it?\nBcc: x',
      approvers: ['ana'],
    },
  };

  test('go to Slack', async () => {
    const webhook = await add({ kind: 'slack', url: `${receiver.url}/ok/services/T1/B2` });
    expect(webhook).toMatchObject({ url: `${receiver.url}/***`, events: ['question', 'failure', 'budget'] });
    const run = await newRun({ workflow: 'review' });
    const [one] = await dispatching(async () => {
      await tell(run, question);
      return until(() => receiver.at('/ok/services/T1/B2').length > 0 && receiver.at('/ok/services/T1/B2'));
    });
    const { text, blocks } = JSON.parse(one?.body ?? '') as { text: string; blocks: object[] };
    expect(text).toBe('review asks something');
    expect(JSON.stringify(blocks)).toContain('Shall &lt;!channel&gt; it?');
    expect(JSON.stringify(blocks)).toContain(
      `https://baton.example.com/inbox?question=ask%231&run=${encodeURIComponent(run)}`,
    );
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('go out by e-mail', async () => {
    const mails: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        let mail = '';
        stream.on('data', (piece: Buffer) => (mail += piece.toString()));
        stream.on('end', () => done(null, void mails.push(mail) as never));
      },
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
    afterFile(() => new Promise<void>((done) => server.close(() => done())));
    const { port } = server.server.address() as { port: number };
    const settings = {
      ...config,
      BATON_SMTP_URL: `smtp://127.0.0.1:${port}`,
      BATON_SMTP_FROM: 'Baton <baton@example.com>',
    };
    const webhook = await add({ kind: 'email', name: 'mail', addresses: ['ana@example.com'] });
    await dispatching(
      async () => {
        await tell(await newRun({ workflow: 'review\r\nBcc: evil@example.com' }), question);
        await until(() => mails.length > 0);
        await tried(webhook, 'delivered');
      },
      { settings },
    );
    const [head = '', text = ''] = (mails[0] ?? '').split('\r\n\r\n', 2);
    expect(head).toMatch(/^To: ana@example.com$/m);
    expect(head).not.toMatch(/^Bcc:/im);
    expect(head).toMatch(
      new RegExp(`^Message-ID: <${(await deliveries(webhook))[0]?.event_id}@baton>$`, 'm'),
    );
    expect(text).toContain('asks something');
    await api.remove(`/webhooks/${webhook.id}`);
  });

  test('go where the definition of the run says', async () => {
    const named = await to('/ok/named', { name: 'Team-A', events: [] });
    await to('/ok/unnamed', { name: 'team-b', events: [] });
    const { body: version } = await api.publish(
      'name: notifying\nversion: 1.0.0\nnotify: { on: [completed], to: [team-a, nobody] }\nsteps:\n  - key: a\n    transform: 1\n',
    );
    // The other is here, whatever its case.
    expect(version).toMatchObject({
      warnings: [{ code: 'receiver_unknown', path: 'notify.to[1]', line: 3, column: expect.any(Number) }],
    });
    const run = await newRun({ workflow: 'notifying' });
    await api.database.query(sql`update workflow_runs set plan_hash = ${version.hash} where id = ${run}`);
    await dispatching(async () => {
      await tell(run, { type: 'complete', data: { status: 'failed' } }, COMPLETED);
      await until(() => receiver.at('/ok/named').length > 0);
    });
    expect((await deliveries(named)).map(({ type }) => type)).toEqual(['run.completed']);
    expect(receiver.at('/ok/unnamed')).toEqual([]);
    for (const name of ['team-a', 'team-b']) await api.remove(`/webhooks/${name}`);
  });
});

test('a run that really runs is told in order, once, and not again by a rebuild', async () => {
  const worker = await startStepWorker(api.queue);
  const { address, namespace } = temporalTarget();
  const settings = patientConfig({
    DATABASE_URL: databaseUrl,
    BATON_SEALING_KEY: SEALING_KEY,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    BATON_TASK_QUEUE: api.queue,
    BATON_ALLOW_PRIVATE_NETWORK: '1',
    BATON_LOG_LEVEL: 'silent',
  });
  const webhook = await to('/ok/real');
  const stop = new AbortController();
  let projecting = Promise.resolve();
  await new Promise<void>((ready, failed) => {
    projecting = runProjector({ config: settings, log, signal: stop.signal, onReady: ready });
    projecting.catch(failed);
  });
  const run = await worker.start(
    planOf([act('a', 'ok'), act('b', 'fail', ['a']), act('c', 'ok', ['a'])], { name: 'told' }),
  );
  await until(() => receiver.at('/ok/real').some((one) => /run\.(completed|failed)/.test(eventIn(one).type)));
  await until(async () => (await deliveries(webhook, '?status=pending')).length === 0);
  const seqs = receiver.at('/ok/real').map((one) => eventIn(one).data.event.seq);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  const types = receiver.at('/ok/real').map((one) => eventIn(one).type.replace('dev.baton.', ''));
  expect(types.slice(0, 3)).toEqual(['run.created', 'run.started', 'step.started']);
  expect(new Set(types)).toContain('step.completed');
  expect(new Set(receiver.at('/ok/real').map((one) => eventIn(one).id)).size).toBe(seqs.length);

  await rebuildRun(api.database, run);
  const { rows } = await api.database.query(sql`select 1 from outgoing_events`);
  expect(rows).toEqual([]);
  expect(await deliveries(webhook, '?limit=200')).toHaveLength(seqs.length);
  stop.abort();
  await projecting;
});
