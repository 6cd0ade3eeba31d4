/**
 * `baton up` and `baton down` as a user has them: the built product (`npm run build` comes first), with servers of its
 * own in a home of its own.
 */
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withClient } from '../../src/database/database.ts';
import { keyringOf } from '../../src/secrets/keyring.ts';
import { afterFile } from '../support/after-file.ts';
import { OwnStack } from '../support/own-stack.ts';
import { until } from '../support/index.ts';

const PROGRAMS = ['api/main', 'projections/main', '--role workflows', '--role activities'];

const stack = new OwnStack();
const { folder, home } = stack;
afterFile(() => stack.remove());

const start = stack.start.bind(stack);
const baton = stack.baton.bind(stack);
const stackFile = stack.info.bind(stack);
const processes = stack.processes.bind(stack);
const pidOf = stack.pidOf.bind(stack);
const signal = stack.signal.bind(stack);

async function run(definition: string, ...options: string[]) {
  const file = join(folder, 'definition.yaml');
  writeFileSync(file, definition);
  return baton('run', file, ...options);
}

const definition = (name: string, wait: string): string =>
  [
    `name: ${name}`,
    'version: 1.0.0',
    'steps:',
    '  - key: rest',
    `    wait: ${wait}`,
    '  - key: greet',
    "    transform: 'Hello {{who}}!'",
    '    dependencies: [rest]',
    '',
  ].join('\n');

describe.runIf(process.platform === 'linux')('the stack', () => {
  it('comes up in the background, says where it is, and runs a definition', async () => {
    const up = await baton('up', '-d', '-o', 'json');
    expect(up, up.err).toMatchObject({ code: 0 });
    expect(JSON.parse(up.out)).toEqual(stackFile());
    expect(statSync(join(home, 'stack.json')).mode & 0o777).toBe(0o600);

    const { api, temporal_ui: ui, pid } = stackFile();
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
    expect((await fetch(ui ?? '')).status).toBe(200);
    const lines = [...processes().values()];
    for (const program of PROGRAMS)
      expect(
        lines.filter((line) => line.includes(program)),
        program,
      ).toHaveLength(1);
    for (const program of PROGRAMS) expect(processGroup(pidOf(program)), program).toBe(pid);

    const done = await run(definition('greet-soon', '10ms'), '-i', 'who=Ada', '--wait', '-o', 'json');
    expect(done, done.err).toMatchObject({ code: 0 });
    expect(JSON.parse(done.out)).toMatchObject({ status: 'completed', output: 'Hello Ada!' });
    const verified = await baton('verify');
    expect(verified, verified.out + verified.err).toMatchObject({ code: 0 });
  });

  it('seals what is secret of webhooks by a key of its own, which API and projector have', async () => {
    const added = await baton('webhooks', 'add', 'https://127.0.0.1:1/x', '-o', 'json');
    const { id, secret } = JSON.parse(added.out) as { id: string; secret: string };
    const key = readFileSync(join(home, 'sealing-key'), 'utf8').trim();
    expect(statSync(join(home, 'sealing-key')).mode & 0o777).toBe(0o600);
    const { rows } = await withClient(stackFile().database_url, { name: 'test', ms: 120_000 }, (client) =>
      client.query<{ secret: string }>('select secret from webhooks'),
    );
    expect(keyringOf([key]).open(rows[0]?.secret ?? '', `webhooks/${id}/secret`)).toBe(secret);
    // The projector has read the address: it says why it does not go there.
    await baton('webhooks', 'test', id);
    const tried = await until(async () => {
      const { out } = await baton('webhooks', 'deliveries', id, '-o', 'json');
      return /127\.0\.0\.1[^"]*/.exec(out)?.[0];
    });
    expect(tried).toContain('is not public');
    await baton('webhooks', 'remove', id);
  });

  it('is not started twice', async () => {
    const before = stackFile();
    const again = await baton('up', '-d', '-o', 'json');
    expect(again).toMatchObject({ code: 0, err: expect.stringContaining('runs already') });
    expect(JSON.parse(again.out)).toEqual(before);
    await expect(baton('up')).resolves.toMatchObject({
      code: 2,
      err: expect.stringContaining('runs already'),
    });
    expect(stackFile()).toEqual(before);
  });

  it.each(PROGRAMS)('starts a killed program again without the others: %s', async (program) => {
    const others = PROGRAMS.filter((name) => name !== program);
    const before = others.map(pidOf);
    const killed = signal(program, 'SIGKILL');
    await until(() => ![undefined, killed].includes(pidOf(program)), { describe: `another ${program}` });
    expect(others.map(pidOf)).toEqual(before);
  });

  it('starts a program elsewhere whose port somebody else has taken meanwhile', async () => {
    const { api } = stackFile();
    let killed = signal('api/main', 'SIGKILL');
    const other = await until(() => {
      const again = pidOf('api/main');
      // It was back before its port was taken.
      if (![undefined, killed].includes(again) && stackFile().api === api)
        killed = signal('api/main', 'SIGKILL');
      return listening(Number(new URL(api).port));
    });
    try {
      await until(() => stackFile().api !== api, { describe: () => stackFile() });
      await until(async () => (await fetch(`${stackFile().api}/health/ready`)).ok);
      expect(pidOf('api/main')).not.toBe(killed);
      await expect(baton('list')).resolves.toMatchObject({ code: 0 });
    } finally {
      other.close();
    }
  });

  it('stops, leaves nothing running, and goes on with open runs at the next start', async () => {
    await until(async () => (await fetch(`${stackFile().api}/health/ready`)).ok, {
      describe: 'the API after its death',
    });
    const started = await run(definition('greet-late', '30s'), '-i', 'who=Bob', '--id', 'late');
    expect(started, started.err).toMatchObject({ code: 0 });
    // Open over the stop, however long that takes.
    await expect(baton('pause', 'late', '--reason', 'a restart')).resolves.toMatchObject({ code: 0 });
    const ports = stackFile();
    await expect(baton('down')).resolves.toMatchObject({ code: 0, out: 'stopped\n' });
    expect(existsSync(join(home, 'stack.json'))).toBe(false);
    expect([...processes().values()]).toEqual([]);

    const foreground = start('up');
    await until(() => existsSync(join(home, 'stack.json')), {
      describe: () => foreground.said,
    });
    expect(stackFile().database_url).toBe(ports.database_url);
    await until(() => foreground.said.err.includes('2 earlier runs; 1 still open goes on'), {
      describe: () => foreground.said,
    });
    await expect(baton('resume', 'late')).resolves.toMatchObject({ code: 0 });
    const watched = await baton('watch', 'late');
    expect(watched, watched.err).toMatchObject({ code: 0, out: 'Hello Bob!\n' });
    await expect(baton('verify', 'late')).resolves.toMatchObject({ code: 0 });

    foreground.child.kill('SIGINT');
    await expect(foreground.result).resolves.toMatchObject({
      code: 0,
      err: expect.stringContaining('stopped'),
    });
    expect([...processes().values()]).toEqual([]);
  });

  it('stops though its programs hang', async () => {
    await baton('up', '-d');
    for (const program of PROGRAMS) signal(program, 'SIGSTOP');
    await expect(baton('down')).resolves.toMatchObject({ code: 0 });
    expect([...processes().values()]).toEqual([]);
  });

  it('comes up again after its supervisor was killed', async () => {
    await baton('up', '-d');
    const { pid, database_url: url } = stackFile();
    process.kill(pid, 'SIGKILL');
    await until(() => PROGRAMS.every((program) => pidOf(program) === undefined), {
      describe: 'programs ending by themselves',
    });
    const list = await baton('list');
    expect(list, list.err).toMatchObject({ code: 3 });
    const up = await baton('up', '-d');
    expect(up, up.err).toMatchObject({
      code: 0,
      err: expect.stringContaining('an earlier start left behind'),
    });
    expect(stackFile().database_url).toBe(url);
    await expect(baton('list', '-o', 'json')).resolves.toMatchObject({
      code: 0,
      out: expect.stringContaining('"greet-soon"'),
    });
  });

  it('is stopped by `down` also when only its servers are left', async () => {
    process.kill(stackFile().pid, 'SIGKILL');
    await expect(baton('down')).resolves.toMatchObject({ code: 0 });
    await until(() => processes().size === 0, { describe: () => [...processes().values()] });
    await expect(baton('down')).resolves.toMatchObject({ code: 0, out: `nothing runs in ${home}\n` });
  });

  it('comes up once when two start it at once', async () => {
    const [one, other] = await Promise.all([
      baton('up', '-d', '-o', 'json'),
      baton('up', '-d', '-o', 'json'),
    ]);
    expect([one.code, other.code], one.err + other.err).toEqual([0, 0]);
    expect(JSON.parse(one.out)).toEqual(JSON.parse(other.out));
    expect([...processes().values()].filter((line) => line.includes('api/main'))).toHaveLength(1);
  });
});

async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function processGroup(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return Number(fields[2]);
}
