/**
 * A disk under the home that is full: nothing ends, reading goes on, writing is refused with the reason, and everything
 * goes on when there is room again. With a small file system of its own, so only where one can be mounted.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { OwnStack } from '../support/own-stack.ts';
import { until } from '../support/index.ts';

const ROOM = '240m';
const PROGRAMS = ['api/main', 'projections/main', '--role workflows', '--role activities'];
const DEFINITION = `
name: small
version: 1.0.0
steps: [{ key: greet, transform: "Hello {{who}}!" }]
`;

const stack = new OwnStack();
const filler = join(stack.home, 'filler');
const isMounted = mounted();
afterFile(async () => {
  await stack.remove().catch(() => {});
  if (!isMounted) return;
  execFileSync('umount', ['--lazy', stack.home]);
  rmSync(stack.folder, { recursive: true, force: true });
});

function mounted(): boolean {
  mkdirSync(stack.home);
  try {
    const options = `size=${ROOM},mode=755`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', stack.home], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Takes all the room there is. */
function fill(): void {
  const file = openSync(filler, 'a');
  try {
    for (const size of [1_048_576, 4_096]) {
      const bytes = Buffer.alloc(size, 1);
      try {
        for (;;) writeSync(file, bytes);
      } catch {
        // Full for pieces of this size.
      }
    }
  } finally {
    closeSync(file);
  }
}

interface Answer {
  readonly status: number;
  readonly body: { readonly id?: string; readonly status?: string; readonly code?: string };
}

async function call(path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${stack.info().api}${path}`, {
    signal: AbortSignal.timeout(60_000),
    ...(body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const start = () => call('/api/v1/runs', { workflow: 'small', inputs: { who: 'you' } });

async function runs(): Promise<void> {
  const { status, body } = await start();
  expect(status).toBe(201);
  await until(async () => (await call(`/api/v1/runs/${body.id}`)).body.status === 'completed');
}

describe.runIf(process.platform === 'linux')('a full disk', () => {
  it('stops nothing but writing', async (context) => {
    if (!isMounted) context.skip('no file system can be mounted here');
    const up = await stack.baton('up', '-d');
    expect(up, up.err).toMatchObject({ code: 0 });
    writeFileSync(join(stack.folder, 'small.yaml'), DEFINITION);
    const published = await stack.baton('publish', join(stack.folder, 'small.yaml'));
    expect(published, published.err).toMatchObject({ code: 0 });
    await runs();
    const before = PROGRAMS.map((program) => stack.pidOf(program));

    fill();
    await until(async () => (await call('/health/ready')).status === 503);
    // What the reserve has left is taken too: now there is no room even for a line of a log.
    fill();
    expect(await call('/health/ready')).toMatchObject({
      status: 503,
      body: { dependencies: { disk: { status: 'failed', code: 'disk_full' } } },
    });
    for (let i = 0; i < 20; i++)
      expect(await start()).toMatchObject({ status: 503, body: { code: 'disk_full' } });
    for (let i = 0; i < 20; i++) expect((await call('/api/v1/runs')).status).toBe(200);
    expect((await call('/health/live')).status).toBe(200);

    rmSync(filler);
    await until(async () => (await call('/health/ready')).status === 200);
    await runs();
    expect(PROGRAMS.map((program) => stack.pidOf(program))).toEqual(before);
  });
});
