/** What agents say, live, through Redis: a real server, or else this half is skipped. */
import { createClient } from '@redis/client';
import { describe, expect, test } from 'vitest';
import { readSecrets } from '../src/activities/secrets.ts';
import { readConfig } from '../src/config.ts';
import { createLogger } from '../src/log/log.ts';
import { openStreamer } from '../src/streaming/open-streamer.ts';
import { RedisStreamer } from '../src/streaming/redis/redis-streamer.ts';
import { RING } from '../src/streaming/streamer.ts';
import { afterFile } from './support/after-file.ts';
import { freshDatabase, runId, until } from './support/index.ts';
import { NO_REDIS, startRedis } from './support/redis.ts';
import { testRunStream } from './support/run-stream-contract.ts';
import { eventsOf, testStreamer } from './support/streamer-contract.ts';
import { openTestDatabase } from './support/test-database.ts';

const PLAIN = readSecrets({});
const log = createLogger('test', 'silent');

await (NO_REDIS === null ? testRedis() : skipAll(NO_REDIS));

function skipAll(reason: string): void {
  process.stderr.write(`  streams through Redis are not tested: ${reason}\n`);
  describe.skipIf(reason !== '')('streams through Redis', () => {
    test(`are tested (${reason})`, () => expect(reason).toBe(''));
  });
}

async function testRedis(): Promise<void> {
  const redis = await startRedis();
  afterFile(() => redis.stop());
  const url = new URL(redis.url);
  const database = openTestDatabase(await freshDatabase(), log);
  afterFile(() => database.end());
  const client = await createClient({ url: redis.url })
    .on('error', () => undefined)
    .connect();
  afterFile(() => client.destroy());

  await testRunStream('through Redis', { REDIS_URL: redis.url });

  testStreamer({
    name: 'through Redis',
    database,
    address: { host: url.hostname, port: Number(url.port) },
    open: (port) => {
      const target = new URL(redis.url);
      if (port !== undefined) Object.assign(target, { hostname: '127.0.0.1', port: String(port) });
      return openStreamer(readConfig({ REDIS_URL: target.href }), database, log);
    },
    age: (run, turn, minutes) =>
      client.zIncrBy(`baton:stream:{${run}}:turns`, -minutes * 60_000_000, `work ${turn}`),
    clean: async () => undefined,
  });

  describe('Redis as store of streams', () => {
    const streamer = new RedisStreamer(redis.url, 30, log);
    afterFile(() => streamer.close());
    const call = (run: string, turn: number) => ({ runId: run, step: 'work', attempt: 1, turn });
    const keysOf = (run: string) => client.keys(`baton:stream:*${run}*`);

    test('lets all of a run run out some time after its last piece, and goes on behind it', async () => {
      const run = runId();
      const forgetful = new RedisStreamer(redis.url, 0.01, log);
      const soon = forgetful.begin(call(run, 1), PLAIN);
      let position = 0;
      await until(async () => {
        // On a slow machine one is forgotten before anybody has looked: then there is another.
        soon.push('soon forgotten');
        return (position = (await eventsOf(forgetful, run)).at(-1)?.position ?? 0) > 0;
      });
      await until(async () => (await keysOf(run)).length === 0);
      streamer.begin(call(run, 2), PLAIN).push('told');
      await until(async () => (await eventsOf(streamer, run)).length === 1);
      expect(await streamer.read(run, position)).toMatchObject([{ content: 'told' }]);
      const times = await Promise.all((await keysOf(run)).map((key) => client.pTTL(key)));
      expect(times).toHaveLength(3);
      for (const ms of times) expect(Math.round(Number(ms) / 60_000)).toBe(30);
      await forgetful.close();
    });

    test('holds nothing of what has fallen out', async () => {
      const run = runId();
      const text = streamer.begin(call(run, 1), PLAIN);
      for (let i = 1; i <= 6; i++) {
        text.push('x'.repeat(RING / 2));
        await until(async () => (await eventsOf(streamer, run)).at(-1)?.offset === ((i - 1) * RING) / 2);
      }
      const key = `baton:stream:{${run}}`;
      expect([await client.xLen(key), await client.zCard(`${key}:index`)]).toEqual([2, 2]);
    });

    test('starts anew when the server has lost everything', async () => {
      const run = runId();
      const text = streamer.begin(call(run, 1), PLAIN);
      text.push('lost ');
      await until(async () => (await eventsOf(streamer, run)).length === 1);
      const [lost] = await eventsOf(streamer, run);
      await client.del(await keysOf(run));
      await client.scriptFlush();
      text.push('and found');
      await until(async () => (await eventsOf(streamer, run)).length === 1);
      const found = await streamer.read(run, lost?.position ?? 0);
      expect(found).toMatchObject([{ content: 'and found', offset: 5 }]);
    });
  });
}
