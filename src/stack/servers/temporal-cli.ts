/**
 * Where the Temporal CLI comes from: a `temporal` on PATH, else the user's cache, else the official download, else a
 * build from `tools/temporal` with Go. What was downloaded or built stays in the cache, so it is done once; a second
 * process that starts meanwhile waits for the first.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import which from 'which';
import { messageOf, UnavailableError } from '../../errors/errors.ts';
import type { Report } from '../report.ts';
import { buildTemporalCli } from './temporal-build.ts';
import { downloadTemporalCli } from './temporal-download.ts';

/** The version that is downloaded or built; `tools/temporal/go.mod` names the same. */
export const TEMPORAL_CLI_VERSION = '1.8.2';

export interface TemporalCli {
  readonly path: string;
  /** Names the database file. */
  readonly version: string;
  /** For people: where it was found. */
  readonly origin: string;
}

/** Puts the program at `target`, or throws an Error that says why not. */
type Maker = (version: string, target: string, report: Report) => Promise<void>;

const PROGRAM = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
const OLDEST_MINOR = 5;

/**
 * Finds, downloads or builds the CLI.
 *
 * @throws UnavailableError `temporal_not_found` naming every way there is and why it did not work.
 */
export async function obtainTemporalCli(
  cache: string,
  report: Report,
  makers: readonly Maker[] = [downloadTemporalCli, buildTemporalCli],
): Promise<TemporalCli> {
  const onPath = await cliOnPath();
  if (typeof onPath !== 'string') return onPath;
  const cached = cachedCli(cache);
  if (existsSync(cached.path)) return cached;

  const failures = await oneAtATime(cached.path, report, () => makeFirst(makers, cached.path, report));
  if (failures.length === 0) return cached;
  throw new UnavailableError(
    'temporal_not_found',
    [
      'no Temporal server to run on:',
      ...[onPath, ...failures].map((reason) => `  - ${reason}`),
      `Any one of these helps: set TEMPORAL_ADDRESS to a server; put the \`temporal\` CLI on PATH ` +
        `(https://docs.temporal.io/cli); copy it to ${cached.path}; allow the download; install Go (https://go.dev/dl).`,
    ].join('\n'),
  );
}

async function cliOnPath(): Promise<TemporalCli | string> {
  const path = await which('temporal', { nothrow: true });
  if (path === null) return 'there is no `temporal` on PATH';
  const version = versionOf(path);
  return version === undefined
    ? `${path} does not run or is older than 1.${OLDEST_MINOR}`
    : { path, version, origin: path };
}

function cachedCli(cache: string): TemporalCli {
  const path = join(cache, `temporal-${TEMPORAL_CLI_VERSION}`, PROGRAM);
  return { path, version: TEMPORAL_CLI_VERSION, origin: path };
}

/** The version a program reports (0.0.0-DEV for builds without one), or undefined when it cannot be used. */
function versionOf(program: string): string | undefined {
  try {
    const text = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe', timeout: 20_000 });
    return usableVersion(text);
  } catch {
    return undefined;
  }
}

/** `1.8.2` out of the CLI's `--version` line, or undefined when it is none or too old. */
export function usableVersion(text: string): string | undefined {
  const [, version, major, minor] = /version ((\d+)\.(\d+)\.[\w.-]+)/.exec(text) ?? [];
  if (version === undefined) return undefined;
  const recent = Number(major) > 1 || (Number(major) === 1 && Number(minor) >= OLDEST_MINOR);
  return recent || version.startsWith('0.0.0') ? version : undefined;
}

/** Tries one maker after the other; answers why all failed, or nothing when the program is there. */
async function makeFirst(makers: readonly Maker[], path: string, report: Report): Promise<string[]> {
  const failures: string[] = [];
  for (const make of makers) {
    if (existsSync(path)) return [];
    // Beside its final place, so that the rename is atomic.
    const draft = mkdtempSync(join(dirname(path), 'draft-'));
    try {
      const program = join(draft, PROGRAM);
      await make(TEMPORAL_CLI_VERSION, program, report);
      if (versionOf(program) === undefined) throw new Error('what came out does not run on this machine');
      renameSync(program, path);
      return [];
    } catch (error) {
      failures.push(messageOf(error));
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return failures;
}

const STALE_MS = 20_000;

/** Runs `make` while no other process does; the lock of a process that was killed is taken over after 20 s. */
async function oneAtATime<T>(path: string, report: Report, make: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  for (let waited = 0; ; waited++) {
    try {
      const release = await lock(dirname(path), {
        stale: STALE_MS,
        update: STALE_MS / 4,
        onCompromised: () => undefined,
      });
      try {
        return await make();
      } finally {
        await release().catch(() => undefined);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    if (waited % 15 === 0) report('another process is getting the Temporal CLI: waiting for it');
    await sleep(1_000);
  }
}
