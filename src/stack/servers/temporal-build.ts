/**
 * Builds the Temporal CLI from `tools/temporal` with the Go on PATH. Takes minutes the first time (it compiles the
 * whole server), so it says how far it is.
 */
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import which from 'which';
import { messageOf } from '../../errors/errors.ts';
import { ROOT } from '../../places.ts';
import type { Report } from '../report.ts';

const MODULE = join(ROOT, 'tools', 'temporal');
const PACKAGE = 'github.com/temporalio/cli/cmd/temporal';
const VERSION_VARIABLE = 'github.com/temporalio/cli/internal/temporalcli.Version';
const REPORT_EVERY_MS = 15_000;

/** Builds `version` (the one `tools/temporal/go.mod` names) into the file `target`. */
export async function buildTemporalCli(version: string, target: string, report: Report): Promise<void> {
  const go = await which('go', { nothrow: true });
  if (go === null) throw new Error('build of the Temporal CLI: there is no `go` on PATH');
  report(`building the Temporal CLI ${version} with ${go}; this takes some minutes, once`);
  const began = Date.now();
  const total = await withProgress(
    () => report(`  ${elapsed(began)}: fetching the sources`),
    () => countPackages(go),
  );
  let compiled = 0;
  await withProgress(
    () => report(`  ${elapsed(began)}: compiling, ${compiled} of at most ${total} packages`),
    () => compile(go, version, target, () => compiled++),
  );
  report(`built the Temporal CLI in ${elapsed(began)}`);
}

async function countPackages(go: string): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)(go, ['list', '-deps', PACKAGE], {
      cwd: MODULE,
      maxBuffer: 1 << 26,
    });
    return stdout.trimEnd().split('\n').length;
  } catch (error) {
    throw new Error(`build of the Temporal CLI: its sources cannot be had: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** `go build -v` names each package it compiles on stderr. */
async function compile(go: string, version: string, target: string, onPackage: () => void): Promise<void> {
  const flags = ['-v', '-trimpath', '-ldflags', `-s -w -X ${VERSION_VARIABLE}=${version}`, '-o', target];
  const child = spawn(go, ['build', ...flags, PACKAGE], {
    cwd: MODULE,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = () => child.kill();
  process.once('exit', end);
  const last: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    onPackage();
    last.push(line);
    if (last.length > 5) last.shift();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  process.off('exit', end);
  if (code !== 0)
    throw new Error(`build of the Temporal CLI: go build ended with ${code}: ${last.join(' | ')}`);
}

async function withProgress<T>(tick: () => void, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(tick, REPORT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

function elapsed(began: number): string {
  const seconds = Math.round((Date.now() - began) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
