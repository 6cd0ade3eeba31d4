import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ConfigError } from '../../config.ts';
import { workspaceQueue } from './worker-queue.ts';

const dir = mkdtempSync(join(tmpdir(), 'baton-queue-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const of = (home: string) => ({ BATON_HOME: join(dir, home), BATON_TASK_QUEUE: 'baton' });

it('is the same for a home, however many ask at once, and another for another home', async () => {
  const names = await Promise.all(Array.from({ length: 20 }, () => workspaceQueue(of('one'))));
  expect(new Set(names).size).toBe(1);
  expect(names[0]).toMatch(/^baton\.workspace\.[0-9a-f]{12}$/);
  expect(await workspaceQueue(of('one'))).toBe(names[0]);
  expect(await workspaceQueue(of('two'))).not.toBe(names[0]);
});

it('says when the home cannot be used', async () => {
  writeFileSync(join(dir, 'file'), '');
  await expect(workspaceQueue(of('file'))).rejects.toThrow(ConfigError);
  await expect(workspaceQueue(of('file'))).rejects.toThrow(/BATON_HOME=.* may write/);
  await workspaceQueue(of('spoilt'));
  writeFileSync(join(dir, 'spoilt/workspaces/home-id'), 'x');
  await expect(workspaceQueue(of('spoilt'))).rejects.toThrow(/does not hold 12 hex digits/);
});
