/**
 * Builds a program from a module under `tools/` with the Go on PATH. Takes minutes the first time, so it says how far
 * it is. A program that was built stays where the caller wants it.
 */
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import which from 'which';
import { messageOf } from '../../errors/errors.ts';
import type { Report } from '../report.ts';

export interface GoProgram {
  /** For people: `the Temporal CLI 1.8.2`. */
  readonly title: string;
  /** Folder of the `go.mod` that pins it. */
  readonly module: string;
  /** Import path of its `main`. */
  readonly package: string;
  /** Further flags of the linker. */
  readonly link?: string;
}

const REPORT_EVERY_MS = 15_000;

/** Builds into the file `target`. @throws Error naming the program, without Go, its sources or a whole build */
export async function buildGoProgram(program: GoProgram, target: string, report: Report): Promise<void> {
  const go = await which('go', { nothrow: true });
  if (go === null) throw new Error(`build of ${program.title}: there is no \`go\` on PATH`);
  report(`building ${program.title} with ${go}; this takes some minutes, once`);
  const began = Date.now();
  const total = await withProgress(
    () => report(`  ${elapsed(began)}: fetching the sources`),
    () => countPackages(go, program),
  );
  let compiled = 0;
  await withProgress(
    () => report(`  ${elapsed(began)}: compiling, ${compiled} of at most ${total} packages`),
    () => compile(go, program, target, () => compiled++),
  );
  report(`built ${program.title} in ${elapsed(began)}`);
}

async function countPackages(go: string, program: GoProgram): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)(go, ['list', '-deps', program.package], {
      cwd: program.module,
      maxBuffer: 1 << 26,
    });
    return stdout.trimEnd().split('\n').length;
  } catch (error) {
    throw new Error(`build of ${program.title}: its sources cannot be had: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** `go build -v` names each package it compiles on stderr. */
async function compile(go: string, program: GoProgram, target: string, onPackage: () => void): Promise<void> {
  const link = ['-s', '-w', ...(program.link === undefined ? [] : [program.link])].join(' ');
  const child = spawn(go, ['build', '-v', '-trimpath', '-ldflags', link, '-o', target, program.package], {
    cwd: program.module,
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
    throw new Error(`build of ${program.title}: go build ended with ${code}: ${last.join(' | ')}`);
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
