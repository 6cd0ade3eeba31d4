/** What every store of streams has to do, whoever reads them. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createProviders } from '../../src/activities/agents/providers/index.ts';
import { turnActivity } from '../../src/activities/agents/turn.ts';
import { readSecrets } from '../../src/activities/secrets.ts';
import type { Database } from '../../src/database/database.ts';
import { createLogger } from '../../src/log/log.ts';
import { RING, type StreamEvent, type Streamer } from '../../src/streaming/streamer.ts';
import { afterFile } from './after-file.ts';
import { openLink } from './cuttable-link.ts';
import { startFakeOpenAi } from './fake-openai.ts';
import { Gate } from './gate.ts';
import { runId, until } from './index.ts';
import { runActivity, testConfig } from './step-attempt.ts';
import { firstTurn } from './turn-input.ts';

export interface StreamStore {
  readonly name: string;
  readonly address: { readonly host: string; readonly port: number };
  /** A streamer of its own; through a port of 127.0.0.1 in front of the store, if given. */
  open(port?: number): Streamer;
  /** Makes the last piece of a turn of step `work` older. */
  age(run: string, turn: number, minutes: number): Promise<unknown>;
  /** Forgets what is older than 30 minutes, where this does not happen by itself. */
  clean(): Promise<unknown>;
  /** Where turns are stored. */
  readonly database: Database;
}

/** All that is told of a run. */
export async function eventsOf(streamer: Pick<Streamer, 'read'>, run: string): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for (;;) {
    const page = await streamer.read(run, events.at(-1)?.position ?? 0);
    if (page.length === 0) return events;
    events.push(...page);
  }
}

const WORDS = ['Once ', 'upon ', 'a ', 'time ', 'there ', 'was.'];
const PLAIN = readSecrets({});
const MESSAGE = { session: 'ses_1', head: 'a'.repeat(64) };

/** Declares the tests. */
export function testStreamer(store: StreamStore): void {
  describe(`a streamer, ${store.name}`, () => {
    const streamers: Streamer[] = [];
    const open = (port?: number) => {
      const streamer = store.open(port);
      streamers.push(streamer);
      return streamer;
    };
    afterFile(() => Promise.all(streamers.map((streamer) => streamer.close())));
    const streamer = open();
    let run: string;
    beforeEach(() => {
      run = runId();
    });
    const address = (turn = 1, attempt = 1) => ({ runId: run, step: 'work', attempt, turn });
    const all = () => eventsOf(streamer, run);
    const texts = async () => (await all()).map(({ content }) => content);
    const ended = async () => (await all()).some(({ type }) => type === 'end');

    /** Reads whenever it is rung, as the API does. */
    function reader(from: Streamer) {
      const seen: StreamEvent[] = [];
      let reading = Promise.resolve();
      const more = async () => void seen.push(...(await from.read(run, seen.at(-1)?.position ?? 0)));
      const unwatch = from.watch(run, () => {
        reading = reading.then(more, more);
        reading.catch(() => undefined);
      });
      return { seen, unwatch };
    }

    test('gives every reader all of what many write at once, in one order', async () => {
      const second = open();
      const { seen, unwatch } = reader(streamer);
      const calls = Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? second : streamer).begin(address(i + 1), PLAIN),
      );
      for (let word = 0; word < 40; word++) {
        for (const call of calls) call.push(`${word} `);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      for (const call of calls) call.end(MESSAGE);
      const ends = () => seen.filter(({ type }) => type === 'end').length;
      await until(() => ends() === calls.length);
      unwatch();
      expect(await all()).toEqual(seen);
      expect(await eventsOf(second, run)).toEqual(seen);
      const text = Array.from({ length: 40 }, (_, word) => `${word} `).join('');
      for (let turn = 1; turn <= calls.length; turn++) {
        const own = seen.filter((event) => event.turn === turn);
        expect(own.map(({ content }) => content).join('')).toBe(text);
        own.reduce((length, { offset, content }) => {
          expect(offset).toBe(length);
          return length + content.length;
        }, 0);
      }
    });

    test('says that what was told of a turn is void when it begins again, and only then', async () => {
      const first = streamer.begin(address(1), PLAIN);
      first.push('False start');
      streamer.begin(address(2), PLAIN).push('stays');
      await until(async () => (await all()).length === 2);
      const before = (await all()).at(-1)?.position;
      const second = streamer.begin(address(1, 2), PLAIN);
      second.push('True');
      second.end(MESSAGE);
      await until(ended);
      const events = await all();
      expect(events.map(({ turn, attempt, type, content }) => [turn, attempt, type, content])).toEqual([
        [2, 1, 'token', 'stays'],
        [1, 2, 'reset', ''],
        [1, 2, 'token', 'True'],
        [1, 2, 'end', ''],
      ]);
      expect(await streamer.read(run, before ?? 0)).toEqual(events.slice(1));
      expect(events.at(-1)).toMatchObject({ step: 'work', offset: 4, message: MESSAGE });
      expect(await eventsOf(streamer, `${run}-other`)).toEqual([]);
    });

    test('tells of a call that was stopped, and where what had come is stored', async () => {
      const call = streamer.begin(address(1), PLAIN);
      call.push('half an');
      call.interrupt(MESSAGE);
      await until(ended);
      expect((await all()).at(-1)).toMatchObject({
        type: 'end',
        offset: 7,
        interrupted: true,
        message: MESSAGE,
      });
      streamer.begin(address(2), PLAIN).interrupt(null);
      await until(async () => (await all()).at(-1)?.turn === 2);
      expect((await all()).at(-1)).toMatchObject({
        type: 'end',
        offset: 0,
        interrupted: true,
        message: null,
      });
    });

    test('keeps no more of a turn than its ring, and goes on telling', async () => {
      const call = streamer.begin(address(), PLAIN);
      const neighbour = streamer.begin(address(2), PLAIN);
      neighbour.push('stays');
      const part = 'x'.repeat(RING / 4);
      for (let i = 1; i <= 8; i++) {
        call.push(part);
        await until(async () =>
          (await all()).some(({ offset, content }) => offset + content.length === i * part.length),
        );
      }
      call.end(MESSAGE);
      await until(ended);
      const events = await all();
      const own = events.filter(({ turn }) => turn === 1);
      expect(own.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(RING);
      expect(own.at(-1)).toMatchObject({ type: 'end', offset: 8 * part.length, message: MESSAGE });
      expect(events.filter(({ turn }) => turn === 2)).toMatchObject([{ content: 'stays' }]);
    });

    test('masks a secret that comes in pieces', async () => {
      const call = streamer.begin(address(), readSecrets({ BATON_SECRET_TOKEN: 'hush-hush' }));
      call.push('It is hush');
      await until(async () => (await all()).length === 1);
      call.push('-hush.');
      call.end(MESSAGE);
      await until(ended);
      expect(await texts()).toEqual(['It is ', '***.', '']);
    });

    test('forgets a turn some time after its last piece, and not before', async () => {
      streamer.begin(address(1), PLAIN).push('old');
      streamer.begin(address(2), PLAIN).push('still told');
      await until(async () => (await all()).length === 2);
      await store.age(run, 1, 31);
      await store.age(run, 2, 29);
      streamer.begin(address(3), PLAIN).push('new');
      await until(async () => (await texts()).includes('new'));
      await store.clean();
      expect(await texts()).toEqual(['still told', 'new']);
    });

    test('writes what waits before it closes, and closes while its store is away', async () => {
      const link = await openLink(store.address.host, store.address.port);
      const closing = open(link.port);
      closing.begin(address(), PLAIN).push('last words');
      await closing.close();
      expect(await texts()).toEqual(['last words']);
      const other = open(link.port);
      await link.cut();
      other.begin(address(2), PLAIN).push('lost');
      await other.close();
      expect(await texts()).toEqual(['last words']);
    });

    test('tells watchers of everything, also of what came while they had lost the store', async () => {
      const link = await openLink(store.address.host, store.address.port);
      const remote = open(link.port);
      const { seen, unwatch } = reader(remote);
      const call = streamer.begin(address(), PLAIN);
      call.push('before, ');
      await until(() => seen.length === 1);
      await link.cut();
      call.push('meanwhile, ');
      await until(async () => (await all()).length === 2);
      await link.join();
      await until(() => seen.length === 2);
      call.push('after');
      call.end(MESSAGE);
      await until(() => seen.some(({ type }) => type === 'end'));
      unwatch();
      expect(seen).toEqual(await all());
      await link.cut();
    });

    test('whose store goes away in the middle of an answer does not harm the turn', async () => {
      const gate = new Gate();
      const vendor = await startFakeOpenAi({ answer: () => ({ chunks: WORDS, gate: gate.wait }) });
      const link = await openLink(store.address.host, store.address.port);
      const turn = turnOn(open(link.port), vendor.url);
      const input = firstTurn(undefined, {
        ...{ model: 'compatible/steady', idempotencyKey: `${run}/0/work/1` },
        run: { id: run, workflow: 'demo', version: '1.0.0' },
      });
      const answering = runActivity(turn, input);
      gate.open(2);
      await until(async () => (await texts()).join('') === 'Once upon ');
      await link.cut();
      gate.open();
      const output = await answering;
      expect(output.result).toMatchObject({ value: WORDS.join('') });
      await link.join();
      const next = runActivity(turn, { ...input, idempotencyKey: `${run}/0/work/1b` });
      expect((await next).result).toMatchObject({ value: WORDS.join('') });
      await until(ended);
      await link.cut();
      await vendor.stop();
    });

    function turnOn(streaming: Streamer, vendorUrl: string) {
      const config = testConfig({ BATON_COMPATIBLE_BASE_URL: vendorUrl });
      const env = {};
      return turnActivity({
        database: store.database,
        log: createLogger('test', 'silent'),
        secrets: readSecrets(env),
        models: { config, env },
        providers: createProviders({ config, env }, undefined),
        offerTools: async () => [],
        streamer: streaming,
      });
    }
  });
}
