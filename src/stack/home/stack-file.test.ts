import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimHome, supervisorOf } from './home-claim.ts';
import { recordProcess } from './process-record.ts';
import { readStackInfo, removeStackInfo, writeStackInfo, type StackInfo } from './stack-file.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'baton-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const INFO: StackInfo = {
  api: 'http://127.0.0.1:4700',
  grpc: '127.0.0.1:4701',
  temporal_address: '127.0.0.1:7233',
  temporal_namespace: 'default',
  projector_metrics: 'http://127.0.0.1:9464/metrics',
  worker_metrics: { 'worker-workflows': 'http://127.0.0.1:9465/metrics' },
  temporal_ui: 'http://127.0.0.1:8233',
  database_url: 'postgres://baton:secret@127.0.0.1:5432/baton',
  task_queue: 'baton',
  pid: process.pid,
  started_at: '2026-11-21T03:16:16.073Z',
};

describe('stack.json', () => {
  it('can be read by its owner only', () => {
    writeStackInfo(home, INFO);
    expect(statSync(join(home, 'stack.json')).mode & 0o777).toBe(0o600);
    expect(readStackInfo(home)).toEqual(INFO);
    removeStackInfo(home);
    expect(readStackInfo(home)).toBeUndefined();
  });

  it('does not speak for a stack that is gone', () => {
    writeStackInfo(home, { ...INFO, pid: 2 ** 22 + 12_345 });
    expect(readStackInfo(home)).toBeUndefined();
  });

  it.each(['', '[]', '{"api": 1}', JSON.stringify({ ...INFO, pid: 'x' })])(
    'is ignored when it says %j',
    (text) => {
      writeFileSync(join(home, 'stack.json'), text);
      expect(readStackInfo(home)).toBeUndefined();
    },
  );
});

describe('claimHome', () => {
  it('gives a home to one supervisor, and to the next after it', async () => {
    const claim = await claimHome(home);
    expect(claim.holder).toBeNull();
    expect(supervisorOf(home)).toBe(process.pid);
    if (claim.holder === null) claim.release();
    expect(supervisorOf(home)).toBeUndefined();
  });

  it('names the holder', async () => {
    const parent = process.ppid;
    recordProcess(join(home, 'supervisor.pid'), parent);
    await expect(claimHome(home)).resolves.toEqual({ holder: parent });
  });

  it('takes a home over from a supervisor that was killed', async () => {
    writeFileSync(join(home, 'supervisor.pid'), JSON.stringify({ pid: 2 ** 22 + 12_345, began: '1' }));
    await expect(claimHome(home)).resolves.toMatchObject({ holder: null });
  });
});
