/** What holds for every use case, with Postgres and Temporal away: nothing here asks them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../database/database.ts';
import { createLogger } from '../log/log.ts';
import { lazyTemporal, temporalClient } from '../temporal/connection.ts';
import { anonymous, type Caller, type Right } from './caller.ts';
import type { CallRecord } from './call.ts';
import { createServices } from './services.ts';
import { binderOf, changes, reads, stops } from './use-case.ts';
import { diskFull } from './ways/disk-full.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-room-'));
const reserve = join(folder, 'reserve');
const log = createLogger('test', 'silent');
const database = openDatabase('postgres://127.0.0.1:1/none', { log, name: 'test' });
const target = { address: '127.0.0.1:1', namespace: 'default' };
const connection = lazyTemporal(target);
afterAll(async () => {
  await Promise.all([database.end(), connection.close()]);
  rmSync(folder, { recursive: true });
});

/** What happened, in order. */
let told: string[];
beforeEach(() => {
  told = [];
  writeFileSync(reserve, 'room');
});

const tell = (what: string) => async () => {
  told.push(what);
  return what;
};
const TABLE = {
  look: reads(tell('look')),
  change: changes(tell('change')),
  stop: stops(tell('stop')),
  fill: changes(async () => {
    throw diskFull(new Error('could not extend file'));
  }),
};

const somebody = anonymous({ transport: 'process', address: null, agent: null, forwardedFor: null });
const withRights = (...rights: Right[]): Caller => ({ ...somebody, rights: new Set(rights) });
const RECORD: CallRecord = {
  begin: async () => void told.push('on record'),
  note: () => undefined,
};

function house() {
  const config = {
    BATON_TASK_QUEUE: 'baton',
    BATON_AGENTS: 'agents',
    BATON_CACHE_RUNS: 0,
    BATON_CACHE_SECONDS: 0,
    BATON_RESERVE: reserve,
  };
  const services = createServices({
    database,
    temporal: temporalClient(connection, target, 'test'),
    config,
    log,
  });
  const of = (caller: Caller, record?: CallRecord) =>
    binderOf(TABLE)({ ...services, call: { caller, record, answerBy: 0, rest: () => undefined } });
  return { room: services.room, of };
}

describe('rights', () => {
  it('refuse what the caller may not do, before anything is done or recorded', async () => {
    const { of } = house();
    const reader = of(withRights('read'), RECORD);
    expect(await reader.look()).toBe('look');
    for (const refused of [reader.change, reader.stop]) {
      expect(() => refused()).toThrow(expect.objectContaining({ code: 'not_allowed' }));
    }
    const writer = of(withRights('change'), RECORD);
    expect(() => writer.look()).toThrow(expect.objectContaining({ code: 'not_allowed' }));
    expect(told).toEqual(['look']);
  });
});

describe('the record', () => {
  it('is written before the effect, and of what changes something only', async () => {
    const { change, stop, look } = house().of(somebody, RECORD);
    for (const useCase of [change, stop, look]) await useCase();
    expect(told).toEqual(['on record', 'change', 'on record', 'stop', 'look']);
  });

  it('is needed: what cannot be recorded is not done', async () => {
    const { of } = house();
    await expect(of(somebody).change()).rejects.toThrow('without its record');
    const away: CallRecord = { ...RECORD, begin: () => Promise.reject(new Error('the database is away')) };
    await expect(of(somebody, away).stop()).rejects.toThrow('the database is away');
    expect(told).toEqual([]);
  });
});

describe('room on the disk', () => {
  it('while the reserve is missing nothing new is taken in, and what looks or stops goes through', async () => {
    const { room, of } = house();
    const { look, change, stop } = of(somebody, RECORD);
    await room.check();
    rmSync(reserve);
    await expect(change()).rejects.toMatchObject({ code: 'disk_full' });
    await Promise.all([look(), stop()]);
    expect(told.toSorted()).toEqual(['look', 'on record', 'stop']);
    await expect(room.check()).rejects.toMatchObject({ code: 'disk_full' });
    writeFileSync(reserve, 'room');
    await Promise.all([room.check(), change()]);
  });

  it('a write that found no room is remembered until one finds some', async () => {
    const { room, of } = house();
    const { look, change, fill } = of(somebody, RECORD);
    await expect(fill()).rejects.toMatchObject({ code: 'disk_full' });
    await look();
    await expect(room.check()).rejects.toMatchObject({ code: 'disk_full' });
    await change();
    await room.check();
  });
});
