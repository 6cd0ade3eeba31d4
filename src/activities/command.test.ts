import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runs } from '../../test/support/running.ts';
import { attemptOf, testConfig } from '../../test/support/step-attempt.ts';
import { PATIENCE_MS, until } from '../../test/support/until.ts';
import type { CommandSpec } from '../plan/plan.ts';
import { performCommand } from './command.ts';
import { maskingFor } from '../secrets/masking.ts';
import { createLauncher } from './processes/launcher.ts';
import { runProcess } from './processes/run-process.ts';
import { StepFailure } from './step-failure.ts';

const dir = mkdtempSync(join(tmpdir(), 'baton-command-'));
// Commands may run as another user.
chmodSync(dir, 0o777);
const noProgram = join(dir, 'notes.txt');
writeFileSync(noProgram, 'text', { mode: 0o644 });
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const env = {
  PATH: process.env['PATH'],
  HOME: '/nowhere',
  ANTHROPIC_API_KEY: 'sk-key',
  BATON_SECRET_X: 'hush',
};
const means = {
  launcher: createLauncher(testConfig({ BATON_HOME: join(dir, 'home') })),
  masking: maskingFor(['hush-hush']),
};
const node = (code: string, ...args: string[]) => [process.execPath, '-e', code, ...args];

const spec = (argv: CommandSpec['argv'], over: Partial<CommandSpec> = {}): CommandSpec => ({
  kind: 'command',
  argv,
  cwd: null,
  env: {},
  stdin: null,
  ...over,
});

const run = (wanted: CommandSpec, options: Parameters<typeof attemptOf>[1] = {}, allowed = true) =>
  performCommand({ allowed, env, ...means })(attemptOf(wanted, options)).then((performed) => performed.value);

async function failure(ending: Promise<unknown>): Promise<StepFailure> {
  const error = await ending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StepFailure);
  return error as StepFailure;
}

describe('command', () => {
  it('answers with exit code and output', async () => {
    const value = await run(spec(node('console.log("out"); console.error("err")')));
    expect(value).toEqual({ exit_code: 0, stdout: 'out\n', stderr: 'err\n' });
  });

  it('is off unless the worker allows it, and says how to allow it', async () => {
    const error = await failure(run(spec(['true']), {}, false));
    expect(error).toMatchObject({
      code: 'not_allowed',
      message: expect.stringContaining('BATON_ALLOW_COMMANDS=1'),
    });
  });

  it('passes arguments as they are, without a shell', async () => {
    const code = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const argv = [...node(code), { $expr: 'inputs.evil' }, { $expr: 'inputs.n' }];
    const value = await run(spec(argv), { inputs: { evil: '$(touch x); `id` && *', n: 3 } });
    expect(JSON.parse((value as { stdout: string }).stdout)).toEqual(['$(touch x); `id` && *', '3']);
  });

  it('gives stdin, cwd, the given environment and next to nothing of its own', async () => {
    const code =
      'const fs = require("fs"); console.log(JSON.stringify({ env: process.env, cwd: process.cwd(), stdin: fs.readFileSync(0, "utf8") }))';
    const value = await run(spec(node(code), { cwd: dir, env: { GREETING: 'hi' }, stdin: 'in' }));
    const seen = JSON.parse((value as { stdout: string }).stdout) as {
      env: Record<string, string>;
      stdin: string;
    };
    expect(seen).toMatchObject({
      stdin: 'in',
      env: { GREETING: 'hi', BATON_IDEMPOTENCY_KEY: 'run-1/0/work/1' },
    });
    expect(Object.keys(seen.env).toSorted()).toEqual(['BATON_IDEMPOTENCY_KEY', 'GREETING', 'HOME', 'PATH']);
  });

  it('does not mind a command that never reads its stdin', async () => {
    expect(await run(spec(['true'], { stdin: 'x'.repeat(1_000_000) }))).toMatchObject({ exit_code: 0 });
  });

  it('fails with exit code and the end of stderr', async () => {
    const error = await failure(run(spec(node('console.error("the reason"); process.exit(3)'))));
    expect(error).toMatchObject({
      code: 'command_failed',
      details: { data: { exit_code: 3, stdout_tail: '', stderr_tail: 'the reason\n' } },
    });
    expect(error.message).toContain('exited with code 3: the reason');
    expect(error.details.retryable).toBeUndefined();
  });

  it('says in its failure what was written to stdout, where stderr says nothing', async () => {
    const code =
      'process.stdout.write("é".repeat(10_000) + "x\\n3 passed, 1 failed\\n", () => process.exit(1))';
    const error = await failure(run(spec(node(code))));
    expect(error.message).toContain('exited with code 1: 3 passed, 1 failed');
    const { stdout_tail: tail } = error.details.data as { stdout_tail: string };
    expect(Buffer.byteLength(tail)).toBeGreaterThan(16 * 1024 - 3);
    expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(16 * 1024);
    expect(tail).toMatch(/^é+x\n3 passed, 1 failed\n$/);
  });

  it.each([
    ['a program that is not there', spec(['no-such-program']), /"no-such-program" was not found/],
    [
      'a directory that is not there',
      spec(['true'], { cwd: '/no/such/dir' }),
      /cwd "\/no\/such\/dir" is no directory/,
    ],
    ['an empty command', spec(['']), /is empty/],
    ['a file that is no program', spec([noProgram]), /may not be executed/],
    ['a NUL in an argument', spec(['echo', 'a\0b']), /could not be started/],
  ])('does not retry %s', async (_, wanted, message) => {
    const error = await failure(run(wanted));
    expect(error).toMatchObject({ code: 'command_failed', details: { retryable: false } });
    expect(error.message).toMatch(message);
  });

  it('works in the workspace, and never leaves it', async () => {
    const root = realpathSync(mkdtempSync(join(dir, 'work-')));
    mkdirSync(join(root, 'sub'));
    symlinkSync(dir, join(root, 'out'));
    const input = { workspace: root };
    const where = async (cwd: string | null) =>
      (await run(spec(node('console.log(process.cwd())'), { cwd }), { input })) as { stdout: string };
    expect((await where(null)).stdout).toBe(`${root}\n`);
    expect((await where('sub')).stdout).toBe(`${root}/sub\n`);
    for (const cwd of ['..', 'out', '/tmp', 'nowhere']) {
      const error = await failure(where(cwd));
      expect(error).toMatchObject({ code: 'command_failed', details: { retryable: false } });
      expect(error.message).toMatch(/^cwd/);
    }
    const gone = run(spec(['true']), { input: { workspace: join(root, 'gone') } });
    expect(await failure(gone)).toMatchObject({ code: 'workspace_lost' });
  });

  it('kills the whole process group at the abort, even who ignores SIGTERM', async () => {
    const began = join(dir, 'began');
    const mark = randomUUID();
    const child = `process.on("SIGTERM", () => {}); require("fs").writeFileSync(${JSON.stringify(began)}, "${mark}"); setInterval(() => {}, 1000)`;
    const parent = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit" }); setInterval(() => {}, 1000)`;
    const stop = new AbortController();
    const ending = run(spec(node(parent)), { signal: stop.signal });
    await until(() => existsSync(began));
    expect(runs(mark)).toBe(true);
    stop.abort(new Error('enough'));
    await expect(ending).rejects.toThrow('enough');
    expect(runs(mark)).toBe(false);
  });

  it('has not succeeded when it was stopped, however politely it ends', async () => {
    const started = join(dir, 'polite');
    const code = `process.on("SIGTERM", () => process.exit(0)); require("fs").writeFileSync(${JSON.stringify(started)}, ""); setInterval(() => {}, 1000)`;
    const stop = new AbortController();
    const ending = run(spec(node(code)), { signal: stop.signal });
    await until(() => existsSync(started));
    stop.abort(new Error('enough'));
    await expect(ending).rejects.toThrow('enough');
  });

  it('tells what it had written when its time was over', async () => {
    const started = join(dir, 'slow');
    const code = `console.log("3 of 9"); require("fs").writeFileSync(${JSON.stringify(started)}, ""); setInterval(() => {}, 1000)`;
    const data = { signal: 'SIGTERM', stdout_tail: '3 of 9\n' };
    const stop = new AbortController();
    const patient = performCommand({ allowed: true, env, ...means, graceMs: PATIENCE_MS });
    const ending = patient(attemptOf(spec(node(code)), { signal: stop.signal }));
    await until(() => existsSync(started));
    stop.abort(new StepFailure('timeout', 'too long'));
    expect(await failure(ending)).toMatchObject({ code: 'timeout', details: { data } });
  });

  it('does not wait for a background process that holds its output', async () => {
    const began = join(dir, 'background');
    const mark = randomUUID();
    const background = `require("fs").writeFileSync(${JSON.stringify(began)}, "${mark}"); setInterval(() => {}, 1000)`;
    const code = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(background)}], { stdio: "inherit" }).unref(); const fs = require("fs"); while (!fs.existsSync(${JSON.stringify(began)})); console.log("done")`;
    expect(await run(spec(node(code)))).toMatchObject({ exit_code: 0, stdout: 'done\n' });
    expect(runs(mark)).toBe(false);
  });

  it('cuts output above the cap and says so', async () => {
    const argv = node('process.stdout.write("x".repeat(5000))');
    const signal = new AbortController().signal;
    const request = { ...{ argv, cwd: null, env: {}, stdin: '', signal }, workspace: null, maxBytes: 1_000 };
    const { stdout, exitCode } = await runProcess({ ...request, trust: 'none' }, means);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`${'x'.repeat(1_000)}\n[output cut: 4000 more bytes]\n`);
  });
});
