import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { obtainTemporalCli, TEMPORAL_CLI_VERSION, usableVersion } from './temporal-cli.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-cli-'));
  // Neither a `temporal` nor a Go of this machine.
  vi.stubEnv('PATH', join(folder, 'bin'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const silent = () => undefined;

function program(file: string, version: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "temporal version ${version} (Server 1.31.2, UI 2.50.1)"\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('usableVersion', () => {
  it.each([
    ['temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)', '1.8.2'],
    ['temporal version 1.5.1-rc.1 (Server 1.29.1, UI 2.42.1)', '1.5.1-rc.1'],
    ['temporal version 0.0.0-DEV (Server 1.31.2, UI 2.50.1)', '0.0.0-DEV'],
    ['temporal version 2.0.0 (Server 2.0.0, UI 3.0.0)', '2.0.0'],
    ['temporal version 1.4.1 (Server 1.28.0, UI 2.39.0)', undefined],
    ['temporal version 0.13.0 (server 1.24.0) (ui 2.27.0)', undefined],
    ['something else', undefined],
  ])('of %s is %s', (text, version) => {
    expect(usableVersion(text)).toBe(version);
  });
});

describe('obtainTemporalCli', () => {
  it('takes the one on PATH first', async () => {
    const path = program(join(folder, 'bin', 'temporal'), '1.7.3');
    await expect(obtainTemporalCli(folder, silent, [])).resolves.toEqual({
      path,
      version: '1.7.3',
      origin: path,
    });
  });

  it('passes over one on PATH that is too old, and takes the cached one', async () => {
    program(join(folder, 'bin', 'temporal'), '1.1.0');
    const path = program(join(folder, `temporal-${TEMPORAL_CLI_VERSION}`, 'temporal'), TEMPORAL_CLI_VERSION);
    await expect(obtainTemporalCli(folder, silent, [])).resolves.toMatchObject({ path });
  });

  it('tries one way after the other, and keeps what came out in the cache', async () => {
    const failing = () => Promise.reject(new Error('download: no way out'));
    const making = async (version: string, target: string) => void program(target, version);
    const made = await obtainTemporalCli(folder, silent, [failing, making]);
    expect(made.path).toBe(join(folder, `temporal-${TEMPORAL_CLI_VERSION}`, 'temporal'));
    await expect(obtainTemporalCli(folder, silent, [])).resolves.toEqual(made);
  });

  it('makes it once when two ask at the same time', async () => {
    let times = 0;
    const making = async (version: string, target: string) => {
      times++;
      program(target, version);
    };
    const [one, other] = await Promise.all([
      obtainTemporalCli(folder, silent, [making]),
      obtainTemporalCli(folder, silent, [making]),
    ]);
    expect(one).toEqual(other);
    expect(times).toBe(1);
  });

  it('takes over the lock of a process that was killed', async () => {
    const home = join(folder, `temporal-${TEMPORAL_CLI_VERSION}`);
    mkdirSync(`${home}.lock`, { recursive: true });
    mkdirSync(home);
    utimesSync(`${home}.lock`, 0, 0);
    const making = async (version: string, target: string) => void program(target, version);
    await expect(obtainTemporalCli(folder, silent, [making])).resolves.toMatchObject({
      version: TEMPORAL_CLI_VERSION,
    });
  });

  it('names every way when none works', async () => {
    const download = () => Promise.reject(new Error('download: no way out'));
    const build = () => Promise.reject(new Error('build: there is no `go` on PATH'));
    const broken = async (_: string, target: string) => writeFileSync(target, 'not a program');
    const failure = await obtainTemporalCli(folder, silent, [download, build, broken]).catch(
      (error: Error) => error,
    );
    expect(failure).toMatchObject({ code: 'temporal_not_found' });
    const text = String((failure as Error).message);
    for (const part of [
      'no `temporal` on PATH',
      'download: no way out',
      'build: there is no `go`',
      'does not run on this machine',
      'TEMPORAL_ADDRESS',
      folder,
    ]) {
      expect(text).toContain(part);
    }
  });
});
