import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { keepReserve } from './reserve.ts';

const home = mkdtempSync(join(tmpdir(), 'baton-reserve-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('holds room that is really taken, made again when somebody removes it', async () => {
  const reserve = await keepReserve(home, () => {});
  const file = reserve.file ?? '';
  const { size, blocks, mode } = statSync(file);
  expect(size).toBeGreaterThan(0);
  expect(blocks * 512).toBeGreaterThanOrEqual(size);
  expect(mode & 0o777).toBe(0o600);
  rmSync(file);
  await expect.poll(() => existsSync(file) && statSync(file).size, { timeout: 150_000 }).toBe(size);
  await reserve.stop();
});
