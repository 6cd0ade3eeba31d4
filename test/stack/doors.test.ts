/**
 * What a web page, or another user of this machine, could reach of a stack as people start it (`npm run build` comes
 * first): every port that any of its processes listens on, and every file of its home.
 */
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import {
  listeningSockets,
  socketsOf,
  type ListeningSocket,
} from '../../src/stack/servers/listening-sockets.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { afterFile } from '../support/after-file.ts';
import { OwnStack } from '../support/own-stack.ts';
import { until } from '../support/until.ts';

type Place = Pick<ListeningSocket, 'address' | 'port'>;

const QUIET_MS = 1_500;

/** Every listening TCP socket of these processes. */
function listeners(pids: Iterable<number>): Place[] {
  const inodes = new Set([...pids].flatMap(socketsOf));
  return (listeningSockets() ?? []).filter(({ inode }) => inodes.has(inode));
}

/** The status of the answer; null when it is no HTTP or none comes. */
function statusOf(
  { address, port }: Place,
  lines: readonly string[],
  body: string,
  quietMs = QUIET_MS,
): Promise<number | null> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, address);
    const done = () => {
      socket.destroy();
      const status = /^HTTP\/1\.\d (\d+)/.exec(answer)?.[1];
      resolve(status === undefined ? null : Number(status));
    };
    socket.setTimeout(quietMs, done).once('error', done).once('close', done);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.includes('\r\n')) done();
    });
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    socket.write([...lines, length, 'Connection: close', '', body].join('\r\n'));
  });
}

/** What a page could send: the lines that differ from a program's request. */
const PAGES: Record<string, (place: Place) => string[]> = {
  'a foreign Origin': ({ port }) => [`Host: 127.0.0.1:${port}`, 'Origin: https://evil.example', JSON_TYPE],
  'Origin: null': ({ port }) => [`Host: 127.0.0.1:${port}`, 'Origin: null', JSON_TYPE],
  'a foreign Host': ({ port }) => [`Host: evil.example:${port}`, JSON_TYPE],
  'a rebound page': ({ port }) => [`Host: evil.example`, `Origin: http://evil.example:${port}`, JSON_TYPE],
  'a simple type': ({ port }) => [`Host: 127.0.0.1:${port}`, 'Content-Type: text/plain'],
  'no type': ({ port }) => [`Host: 127.0.0.1:${port}`],
};
const JSON_TYPE = 'Content-Type: application/json';
const FORGED = JSON.stringify({
  workflowType: { name: 'forged' },
  taskQueue: { name: 'baton' },
  requestId: 'forged',
});
const TARGETS = [
  ['/api/v1/namespaces/default/workflows/forged', FORGED],
  ['/api/v1/workflows', '{}'],
  ['/api/v1/runs', '{"workflow": "forged"}'],
  ['/api/v1/runs/x/pause', '{}'],
  ['/', '{}'],
] as const;

describe.runIf(process.platform === 'linux')('a stack', () => {
  const stack = new OwnStack();
  let places: Place[];
  beforeAll(async () => {
    const { code, err } = await stack.baton('up', '-d');
    if (code !== 0) throw new Error(err);
    places = listeners(stack.processes().keys());
  });
  afterFile(() => stack.remove());

  const portOf = (url: string | null): number => Number(new URL(url ?? 'http://none:1').port);

  it('is not started beyond loopback unless that was asked for', async () => {
    const open = new OwnStack({ BATON_HOST: '0.0.0.0' });
    try {
      const up = await open.baton('up', '-o', 'json');
      expect(up).toMatchObject({ code: 1, err: expect.stringContaining('"code":"insecure_bind"') });
    } finally {
      rmSync(open.folder, { recursive: true });
    }
  });

  it('listens on loopback only', () => {
    const { api, projector_metrics, temporal_ui, temporal_address, database_url } = stack.info();
    const known = [api, projector_metrics, temporal_ui, `tcp://${temporal_address}`, database_url].map(
      portOf,
    );
    expect(places.map(({ port }) => port)).toEqual(expect.arrayContaining(known));
    for (const { address, port } of places) expect(address, String(port)).toMatch(/^127\./);
  });

  it.each(Object.keys(PAGES))('takes no unsafe request with %s, on any port', async (page) => {
    const asked = places.flatMap((place) =>
      TARGETS.map(async ([path, body]) => {
        const lines = [`POST ${path} HTTP/1.1`, ...(PAGES[page]?.(place) ?? [])];
        const status = await statusOf(place, lines, body);
        return { at: `${place.address}:${place.port}${path}`, refused: status === null || status >= 400 };
      }),
    );
    for (const { at, refused } of await Promise.all(asked)) expect(refused, at).toBe(true);
  });

  it('has begun nothing by that', () => {
    const { temporal_address: address } = stack.info();
    const args = ['workflow', 'count', '--address', address, '--query', "WorkflowType = 'forged'"];
    expect(execFileSync(inject('temporalCli'), args, { encoding: 'utf8' })).toContain('Total: 0');
  });

  it('shows nothing to a rebound page on any port that a browser goes to', async () => {
    const paths = ['/', '/metrics', '/api/v1/settings', '/api/v1/runs', '/openapi.yaml', '/debug/pprof/'];
    for (const place of places) {
      // Nobody can guess the address, and no browser goes to the ports of the Fetch standard's list.
      if (place.address !== '127.0.0.1' || (await isBlockedByBrowsers(place.port))) continue;
      for (const path of paths) {
        const lines = [`GET ${path} HTTP/1.1`, `Host: evil.example:${place.port}`];
        const status = await statusOf(place, lines, '');
        expect(status === null || status >= 400, `${place.port}${path} ${status}`).toBe(true);
      }
    }
  });

  it('shows the Temporal UI under its own name only', async () => {
    const ui = stack.info().temporal_ui ?? '';
    expect((await fetch(`${ui}/api/v1/settings`)).status).toBe(200);
    const place = { address: '127.0.0.1', port: portOf(ui) };
    const asked = (host: string) => statusOf(place, ['GET / HTTP/1.1', `Host: ${host}`], '', 60_000);
    expect(await asked('evil.example')).toBe(403);
    expect(await asked(`localhost:${place.port}`)).toBe(200);
  });

  it('is found healthy by `baton doctor`', async () => {
    // What says nothing for some seconds it takes for away, as it should: then it is asked again.
    const examined = await until(async () => {
      const once = await stack.baton('doctor', '-o', 'json');
      return !once.out.includes('does not answer') && once;
    });
    const { ok, findings } = JSON.parse(examined.out) as { ok: boolean; findings: Finding[] };
    expect(findings.filter(({ state }) => state !== 'ok' && state !== 'warning')).toEqual([]);
    expect([examined.code, ok]).toEqual([0, true]);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'home_files',
        'temporal_border',
        'temporal_ui_door',
        'clock',
        'workers_activities',
      ]),
    );
  });

  it('writes what it acknowledged to the disk', () => {
    const line = [...stack.processes().values()].find((one) => one.includes('start-dev'));
    expect(line).toContain('--sqlite-pragma=synchronous=FULL');
  });

  it('keeps its files to itself', () => {
    expect(statSync(stack.home).mode & 0o777).toBe(0o700);
    for (const path of walk(stack.home)) expect(lstatSync(path).mode & 0o077, path).toBe(0);
  });
});

/** Everything below that is no link; Postgres' own files lie behind one where another user runs it. */
function walk(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isSymbolicLink()) return [];
    return entry.isDirectory() ? [path, ...walk(path)] : [path];
  });
}

/** `fetch` follows the same standard. */
async function isBlockedByBrowsers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(1) });
    return false;
  } catch (error) {
    return String((error as Error).cause).includes('bad port');
  }
}
