/** Each thing that can be wrong, made wrong; what is right on a running stack is tested with one. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../config.ts';
import { doorPolicy } from '../../listeners/door-policy.ts';
import { guardListener } from '../../listeners/guard-listener.ts';
import { privateHome } from '../../stack/home/private-files.ts';
import { createProgram } from '../program.ts';
import { checkBinds, checkTrusted } from './check-border.ts';
import { findIsolation } from '../../activities/processes/isolation.ts';
import { checkCommands } from './check-commands.ts';
import { checkDoor } from './check-doors.ts';
import { checkHome } from './check-home.ts';
import { maintenanceFinding } from './check-maintenance.ts';
import { sealingFinding } from './check-sealing.ts';
import { checkPostgres, checkTemporal } from './check-services.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function listen(listener: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server = createServer(listener).listen(0, host);
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

describe('files', () => {
  it('are looked at, also what lies behind a link', () => {
    const home = join(folder, 'home');
    expect(checkHome(home)).toMatchObject([
      { check: 'home_files', state: 'skipped' },
      { check: 'disk_room' },
    ]);
    mkdirSync(home, { mode: 0o755 });
    writeFileSync(join(home, 'stack.json'), '{}', { mode: 0o644 });
    expect(checkHome(home)[0]).toMatchObject({
      state: 'problem',
      says: expect.stringContaining('stack.json'),
    });
    privateHome(home);
    expect(checkHome(home)[0]).toMatchObject({ state: 'ok' });
    chmodSync(home, 0o711);
    expect(checkHome(home)[0]).toMatchObject({ state: 'problem', remedy: expect.stringContaining('chmod') });
  });
});

describe('binds', () => {
  const states = (env: Record<string, string>) => checkBinds(readConfig(env)).map(({ state }) => state);

  it('beyond loopback are a problem, and known when asked for', () => {
    expect(states({})).toEqual(['ok', 'ok']);
    expect(states({ BATON_HOST: '0.0.0.0' })).toEqual(['problem', 'ok']);
    expect(states({ BATON_HOST: '0.0.0.0', BATON_INSECURE: '1' })).toEqual(['warning', 'ok']);
    expect(states({ BATON_ALLOWED_HOSTS: 'a.example' })).toEqual(['ok', 'ok']);
  });
});

describe('the border around Temporal and Postgres', () => {
  it.each([
    ['127.0.0.1:1', 'ok'],
    ['localhost:1', 'ok'],
    ['[::1]:1', 'ok'],
    ['10.1.2.3:7233', 'ok'],
    ['[fd00::1]:7233', 'ok'],
    ['1.1.1.1:7233', 'problem'],
    ['[2606:4700::1111]:7233', 'problem'],
    ['0.0.0.0:7233', 'problem'],
    ['nobody.invalid:7233', 'problem'],
    ['not a place', 'skipped'],
  ])('%s: %s', async (place, state) => {
    await expect(checkTrusted('temporal_border', place)).resolves.toMatchObject({ state });
  });

  it.runIf(process.platform === 'linux')('is open when the server listens everywhere', async () => {
    const everywhere = await listen(() => undefined, '0.0.0.0');
    const finding = await checkTrusted('postgres_border', `127.0.0.1:${everywhere}`);
    expect(finding).toMatchObject({ state: 'problem', says: expect.stringContaining('0.0.0.0') });
    const here = await listen(() => undefined);
    await expect(checkTrusted('postgres_border', `127.0.0.1:${here}`)).resolves.toMatchObject({
      state: 'ok',
    });
  });
});

describe('doors', () => {
  it('that let pages of others in are a problem', async () => {
    const open = await listen((_, response) => response.end());
    const guarded = await listen(guardListener(doorPolicy(readConfig({})), (_, response) => response.end()));
    const stateOf = async (port: number) => (await checkDoor('api_door', `http://127.0.0.1:${port}/`)).state;
    expect([await stateOf(open), await stateOf(guarded), await stateOf(1)]).toEqual([
      'problem',
      'ok',
      'problem',
    ]);
    expect(await checkDoor('temporal_ui_door', null)).toMatchObject({ state: 'skipped' });
  });
});

describe('servers that are away', () => {
  it('are a problem', async () => {
    const [postgres] = await checkPostgres('postgres://x:y@127.0.0.1:1/none', readConfig({}));
    expect(postgres).toMatchObject({ check: 'postgres', state: 'problem' });
    const [temporal] = await checkTemporal({ address: '127.0.0.1:1', namespace: 'default' }, 'baton');
    expect(temporal).toMatchObject({ check: 'temporal', state: 'problem' });
  });
});

it.each([
  ['skipped', [], []],
  ['ok', [], ['aa']],
  ['ok', [{ key: 'aa', webhooks: 2 }], ['aa', 'bb']],
  // An operator's machine has no key; what programs have is theirs to say.
  ['ok', [{ key: 'aa', webhooks: 2 }], []],
  ['warning', [{ key: 'bb', webhooks: 2 }], ['aa', 'bb']],
  ['warning', [{ key: null, webhooks: 1 }], []],
  ['warning', [{ key: null, webhooks: 1 }], ['aa']],
  ['problem', [{ key: 'cc', webhooks: 1 }], ['aa', 'bb']],
] as const)(
  'finds it %s that secrets of webhooks are sealed by %j where the keys are %j',
  (state, rows, keys) => {
    expect(sealingFinding(rows, keys)).toMatchObject({ check: 'webhook_secrets', state });
  },
);

it('says as whom commands run, and warns of what is not enforced', async () => {
  const off = await checkCommands(readConfig({}));
  expect(off).toMatchObject({ state: 'ok', says: expect.stringContaining('no commands') });
  // Nobody has this name, so they run as whoever the workers are; of an ordinary user that is no news.
  const settings = { BATON_ALLOW_COMMANDS: '1', BATON_COMMAND_USER: 'nobody-of-this-name' };
  const on = await checkCommands(readConfig(settings));
  expect(on.says).toContain('the workers’ own user');
  const { missing } = await findIsolation(readConfig(settings));
  expect(on.state).toBe(missing.length === 0 ? 'ok' : 'warning');
});

it('ends with 1 for a problem, and tells programs in JSON', async () => {
  const written: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  vi.stubEnv('BATON_HOME', join(folder, 'none'));
  vi.stubEnv('BATON_HOST', '0.0.0.0');
  process.stdout.write = (chunk) => written.push(String(chunk)) > 0;
  try {
    const program = await createProgram('doctor');
    await program.parseAsync(['node', 'baton', 'doctor', '-o', 'json']);
  } finally {
    process.stdout.write = write;
    vi.unstubAllEnvs();
  }
  const said = JSON.parse(written.join('')) as { ok: boolean; findings: { check: string; state: string }[] };
  expect(said.ok).toBe(false);
  expect(said.findings).toContainEqual(expect.objectContaining({ check: 'bind', state: 'problem' }));
  expect(process.exitCode).toBe(1);
  process.exitCode = 0;
});

describe('maintenance', () => {
  const HOUR_MS = 3_600_000;
  const last = { outcome: 'done', age: HOUR_MS, done_age: HOUR_MS, detail: {} };
  it.each([
    ['never so far', undefined, 24, 'ok'],
    ['done', last, 24, 'ok'],
    ['under way', { ...last, outcome: 'begun', age: 1 }, 24, 'ok'],
    ['overdue', { ...last, age: 50 * HOUR_MS, done_age: 50 * HOUR_MS }, 24, 'warning'],
    ['begun again and again', { ...last, outcome: 'begun', done_age: 50 * HOUR_MS }, 24, 'warning'],
    ['off', last, 0, 'skipped'],
  ])('%s', (_, found, hours, state) => {
    expect(maintenanceFinding(found, hours)).toMatchObject({ check: 'maintenance', state });
  });

  it('that failed is a problem with its reason', () => {
    const detail = { retention: { error: 'cannot write to /full' }, prune_audit: {} };
    expect(maintenanceFinding({ ...last, outcome: 'archive_unwritable', detail }, 24)).toMatchObject({
      state: 'problem',
      says: expect.stringContaining('1 h ago (archive_unwritable): retention: cannot write to /full'),
    });
  });
});
