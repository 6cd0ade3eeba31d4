/**
 * Where the Temporal CLI comes from: a `temporal` on PATH, else the user's cache, else the official download, else a
 * build from `tools/temporal` with Go. What was downloaded or built stays in the cache, so it is done once; a second
 * process that starts meanwhile waits for the first.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import which from 'which';
import { messageOf } from '../errors/errors.ts';

/** The version that is downloaded or built; `tools/temporal/go.mod` names the same. */
export const TEMPORAL_CLI_VERSION = '1.8.2';

export interface TemporalCli {
  readonly path: string;
  /** Names the database file. */
  readonly version: string;
  /** For people: where it was found. */
  readonly origin: string;
}

const EXE = process.platform === 'win32' ? '.exe' : '';

/** The place of the cached CLI, there or not. */
export function cachedCliPath(cache: string): string {
  return join(cache, `temporal-${TEMPORAL_CLI_VERSION}`, `temporal${EXE}`);
}

/** What is here already, without any download or build; otherwise why there is none. */
export async function findTemporalCli(cache: string): Promise<TemporalCli | string> {
  const onPath = await which('temporal', { nothrow: true });
  const reason = onPath === null ? 'there is no `temporal` on PATH' : undefined;
  if (onPath !== null) {
    const version = versionOf(onPath);
    if (version !== undefined) return { path: onPath, version, origin: onPath };
  }
  const cached = cachedCliPath(cache);
  if (existsSync(cached)) return { path: cached, version: TEMPORAL_CLI_VERSION, origin: cached };
  return `${reason ?? `${onPath} is too old or does not run`}; none in ${cache}`;
}

/** `1.8.2`, or undefined when the program is older than 1.5 or does not run. */
function versionOf(program: string): string | undefined {
  try {
    const text = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe', timeout: 20_000 });
    const [, version, major, minor] = /version ((\d+)\.(\d+)\.[\w.-]+)/.exec(text) ?? [];
    const known = Number(major) > 1 || Number(minor) >= 5;
    return known || version?.startsWith('0.0.0') ? version : undefined;
  } catch (error) {
    return void messageOf(error);
  }
}
