import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  commandLineOf,
  endProcess,
  forgetProcess,
  recordedProcess,
  recordProcess,
} from './process-record.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-pid-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that only SIGKILL ends when `stubborn`; resolves when it listens to signals. */
async function sleeper(stubborn: boolean) {
  const code = `${stubborn ? "process.on('SIGTERM', () => {});" : ''} setInterval(() => {}, 1000); console.log('up')`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return { child, pid: child.pid ?? 0 };
}

describe('a recorded process', () => {
  it('is known while it lives, and not after', async () => {
    const file = join(folder, 'a.pid');
    const { child, pid } = await sleeper(false);
    recordProcess(file, pid);
    expect(recordedProcess(file)).toBe(pid);
    expect(commandLineOf(pid)).toContain('setInterval');
    const gone = once(child, 'exit');
    await endProcess(pid, 'SIGTERM', 5_000);
    await gone;
    expect(recordedProcess(file)).toBeUndefined();
    expect(commandLineOf(pid) ?? '').toBe('');
  });

  it('is not another one that has its pid by now', () => {
    const file = join(folder, 'a.pid');
    recordProcess(file, process.pid);
    const record = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; began: string };
    writeFileSync(file, JSON.stringify({ ...record, began: `${record.began}0` }));
    expect(recordedProcess(file)).toBeUndefined();
  });

  it.each([
    '',
    'nonsense',
    '{}',
    '{"pid":0,"began":""}',
    '{"pid":-1,"began":"1"}',
    '{"pid":1,"began":"1"}',
    'null',
  ])('is nobody when the file says %j', (text) => {
    const file = join(folder, 'a.pid');
    writeFileSync(file, text);
    expect(recordedProcess(file)).toBeUndefined();
  });

  it('is nobody without a file', () => {
    forgetProcess(join(folder, 'none.pid'));
    expect(recordedProcess(join(folder, 'none.pid'))).toBeUndefined();
  });
});

describe('endProcess', () => {
  it('kills what does not listen', async () => {
    const { child, pid } = await sleeper(true);
    const gone = once(child, 'exit');
    await endProcess(pid, 'SIGTERM', 100);
    await expect(gone).resolves.toEqual([null, 'SIGKILL']);
  });

  it('is content when there is nobody', async () => {
    await expect(endProcess(2 ** 22 + 12_345, 'SIGTERM', 0)).resolves.toBeUndefined();
  });
});
