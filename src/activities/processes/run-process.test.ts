import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/running.ts';
import { testConfig } from '../../../test/support/step-attempt.ts';
import { PATIENCE_MS, until } from '../../../test/support/until.ts';
import { maskingFor } from '../../secrets/masking.ts';
import { findIsolation, type Isolation } from './isolation.ts';
import { createLauncher } from './launcher.ts';
import { runProcess } from './run-process.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-process-')));
const home = join(dir, 'home');
const workspace = join(home, 'workspaces/run-1/1');
mkdirSync(home);
writeFileSync(join(home, 'stack.json'), 'the password', { mode: 0o600 });
chmodSync(dir, 0o755);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const config = testConfig({
  BATON_HOME: home,
  BATON_COMMAND_CPU_SECONDS: 1_234,
  BATON_COMMAND_MEMORY_MB: 512,
  BATON_COMMAND_FILE_MB: 1,
  BATON_COMMAND_PROCESSES: 200,
});
const found = await findIsolation(config);
const masking = maskingFor(['canary-0123456789']);
/** As it is here, and as it is where less is allowed. */
const variants: readonly (readonly [string, Isolation])[] = [
  ['with what this machine allows', found],
  ['without namespaces', { ...found, namespaces: null }],
  ['without namespaces and as the same user', { ...found, namespaces: null, user: null }],
];
const env = { PATH: process.env['PATH'] ?? '' };

describe.each(variants)('a program of others, %s,', (_, isolation) => {
  beforeAll(() => {
    chmodSync(home, 0o700);
    rmSync(workspace, { recursive: true, force: true });
    mkdirSync(workspace, { recursive: true });
    writeFileSync(join(workspace, 'mine'), 'before');
  });
  const means = { launcher: createLauncher(config, async () => isolation), masking };
  function sh(
    script: string,
    over: { workspace?: string | null; signal?: AbortSignal; stdin?: string; graceMs?: number } = {},
  ) {
    const { workspace: where = workspace, signal = new AbortController().signal, stdin = '', ...more } = over;
    const request = { argv: ['sh', '-c', script], cwd: where, workspace: where, env, stdin, signal };
    return runProcess({ ...request, trust: 'none' }, { ...means, ...more });
  }

  it('works in its workspace, whoever it runs as', async () => {
    const { stdout, stderr, exitCode } = await sh(
      'pwd; cat mine; echo after > mine; mkdir sub; git init -q sub; git -C sub status -s; cat',
    );
    expect({ stdout, exitCode, stderr }).toEqual({ stdout: `${workspace}\nbefore`, exitCode: 0, stderr: '' });
    expect(readFileSync(join(workspace, 'mine'), 'utf8')).toBe('after\n');
  });

  it('may go the way to its workspace, though the files of the worker are for nobody else', async () => {
    const before = process.umask(0o077);
    try {
      const { stdout, stderr } = await sh('cd / && git -C "$OLDPWD" init -q sub && ls -d "$OLDPWD"');
      expect({ stdout, stderr }).toEqual({ stdout: `${workspace}\n`, stderr: '' });
    } finally {
      process.umask(before);
    }
  });

  it('has a HOME that it may write', async () => {
    const { exitCode, stderr } = await sh(
      '[ -z "$HOME" ] || { touch "$HOME/.written" && rm "$HOME/.written"; }',
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('has the limits that are set', async () => {
    const { stdout } = await sh(
      'ulimit -t; ulimit -d; ulimit -f; ulimit -c; (ulimit -u || ulimit -p) 2>/dev/null',
    );
    const own = isolation.user !== null || isolation.namespaces === 'user';
    expect(stdout.split('\n').slice(0, own ? 5 : 4)).toEqual([
      '1234',
      '524288',
      '2048',
      '0',
      ...(own ? ['200'] : []),
    ]);
    expect((await sh('head -c 3000000 /dev/zero > big')).exitCode).not.toBe(0);
    expect(statSync(join(workspace, 'big')).size).toBeLessThanOrEqual(1_048_576);
  });

  it('is told from its exit code, and from the signal that ended it', async () => {
    expect(await sh('exit 3')).toMatchObject({ exitCode: 3, killedBy: null });
    expect(await sh('kill -SEGV $$')).toMatchObject({ exitCode: null, killedBy: 'SIGSEGV' });
  });

  it('has exactly the environment that is given, of which nothing acts on the launcher', async () => {
    const odd = {
      ...{ 'odd-name': 'a b', UID: '7', pair: 'x', QUOTE: `'"$(id)\n`, IFS: 'x', LD_PRELOAD: '/no/such.so' },
      ...{ HOME: '/here', ENV: '/no/such', OPTIND: '3' },
    };
    const script = 'console.log(JSON.stringify(process.env))';
    const request = { cwd: null, workspace: null, stdin: '', signal: new AbortController().signal };
    const argv = [process.execPath, '-e', script];
    const { stdout, stderr } = await runProcess(
      { ...request, argv, env: { ...env, ...odd }, trust: 'worker' },
      means,
    );
    const { BATON_LAUNCH: _, ...seen } = JSON.parse(stdout) as Record<string, string>;
    expect(seen).toEqual({ ...env, ...odd });
    // The loader complains once for the program (and for `env`, which starts it), not for what is run with the worker's rights.
    expect(stderr.match(/no\/such\.so/g)?.length ?? 0).toBeLessThanOrEqual(2);
  });

  it('is no word of the shell that starts it', async () => {
    const request = { cwd: null, workspace: null, env, stdin: '', signal: new AbortController().signal };
    const echo = await runProcess({ ...request, argv: ['echo', '-e', 'a\\tb'], trust: 'none' }, means);
    expect(echo.stdout).toBe('a\tb\n');
    await expect(runProcess({ ...request, argv: ['exit'], trust: 'none' }, means)).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('shows no secret, nor the beginning of one where its output is cut', async () => {
    const request = { cwd: null, workspace: null, env, stdin: '', signal: new AbortController().signal };
    const argv = ['printf', '%s', 'x'.repeat(20) + 'canary-0123456789' + 'y'.repeat(40)];
    expect((await runProcess({ ...request, argv, trust: 'none' }, means)).stdout).toBe(
      `${'x'.repeat(20)}***${'y'.repeat(40)}`,
    );
    const cut = await runProcess({ ...request, argv, trust: 'none', maxBytes: 30 }, means);
    expect(cut.stdout).toBe(`${'x'.repeat(20)}\n[output cut: 47 more bytes]\n`);
  });

  it('leaves nobody behind, in whatever session or group', async () => {
    const mark = randomUUID();
    const stays = `touch began; while :; do sleep 1; done # ${mark}`;
    await sh(`(setsid sh -c '${stays}' >/dev/null 2>&1 &); while [ ! -e began ]; do sleep 0.05; done`);
    await until(() => !runs(mark));
  });

  it.runIf(isolation.namespaces !== null)('ends with the worker, even when that is killed', async () => {
    const mark = randomUUID();
    const argv = ['sh', '-c', `touch started; sleep 600 # ${mark}`];
    const launch = await means.launcher.prepare({ argv, cwd: workspace, workspace, env, trust: 'none' });
    // What is to be started comes by stdin, so that the mark stands in no argument of the worker.
    const worker = `const { file, args, cwd } = JSON.parse(require('fs').readFileSync(0, 'utf8')); require('child_process').spawn(file, args, { detached: true, cwd }); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ['-e', worker], {
      env: launch.env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.end(JSON.stringify(launch));
    await until(() => existsSync(join(workspace, 'started')));
    child.kill('SIGKILL');
    await until(() => !runs(mark));
  });

  it('is asked to end at an abort, and may say goodbye', async () => {
    const stop = new AbortController();
    const ending = sh(`trap 'echo bye > bye; exit 0' TERM; touch ready; while :; do sleep 0.05; done`, {
      signal: stop.signal,
      graceMs: PATIENCE_MS,
    });
    await until(() => existsSync(join(workspace, 'ready')));
    stop.abort();
    expect(await ending).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(workspace, 'bye'))).toBe(true);
  });

  it.runIf(isolation.user !== null || isolation.namespaces !== null)(
    "sees and touches nothing of the worker's",
    async () => {
      const { stdout } = await sh(
        `cat /proc/${process.pid}/environ; cat ${home}/stack.json; kill -0 ${process.pid} && echo signalled; tr '\\0' '\\n' < /proc/$PPID/environ`,
      );
      expect(stdout).not.toMatch(/the password|signalled|HOME=\/root|VITEST/);
      expect(
        stdout
          .split('\n')
          .filter((line) => line !== '' && !/^(BATON_ENV_\d|PATH|HOME|PWD|OLDPWD|SHLVL|_)=/.test(line)),
      ).toEqual([]);
    },
  );

  it.runIf(isolation.user !== null)('is not root where the worker is', async () => {
    expect((await sh('id -u')).stdout).toBe(`${isolation.user?.uid}\n`);
    expect(statSync(workspace).uid).toBe(isolation.user?.uid);
  });
});
