/**
 * A stack of a test's own, as a user has it: the built product (`npm run build` comes first), in a home of its own,
 * with nothing of this machine's settings.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demandBuilt } from './built-program.ts';
import type { StackInfo } from '../../src/stack/home/stack-file.ts';

const BATON = fileURLToPath(new URL('../../bin/baton.js', import.meta.url));
const FOREIGN = /^(DATABASE_URL|TEMPORAL_ADDRESS|BATON_(?!CACHE).*|.*_API_KEY|VITEST.*)$/;

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class OwnStack {
  readonly folder: string;
  readonly home: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #node: string;

  /** @param node the binary that everything runs under */
  constructor(settings: Readonly<Record<string, string>> = {}, node = process.execPath) {
    demandBuilt();
    this.folder = mkdtempSync(join(tmpdir(), 'baton-up-'));
    // As root another user runs Postgres, and has to get there.
    chmodSync(this.folder, 0o755);
    this.home = join(this.folder, '.baton');
    this.#settings = settings;
    this.#node = node;
  }

  /** Starts a command of the CLI; a random port beside whatever else runs. */
  start(...args: string[]) {
    const clean = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
    const child = spawn(this.#node, [BATON, ...args], {
      env: { ...Object.fromEntries(clean), BATON_HOME: this.home, BATON_PORT: '0', ...this.#settings },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    child.stdin.end();
    const result = once(child, 'close').then(([code]): Result => ({ code: code as number | null, ...said }));
    return { child, said, result };
  }

  baton(...args: string[]): Promise<Result> {
    return this.start(...args).result;
  }

  info(): StackInfo {
    return JSON.parse(readFileSync(join(this.home, 'stack.json'), 'utf8')) as StackInfo;
  }

  /** What runs for this home: each process by its command line. */
  processes(): Map<number, string> {
    const found = new Map<number, string>();
    for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
      try {
        const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const ours = variables.includes(`BATON_HOME=${this.home}`) || line.includes(`${this.home}/`);
        if (ours && line !== '') found.set(pid, line);
      } catch {
        // It ended meanwhile, or is somebody else's.
      }
    }
    return found;
  }

  /** undefined when it does not run. */
  pidOf(words: string): number | undefined {
    return [...this.processes()].find(([, line]) => line.includes(words))?.[0];
  }

  signal(words: string, name: NodeJS.Signals): number {
    const pid = this.pidOf(words);
    if (pid === undefined) throw new Error(`no ${words} runs`);
    process.kill(pid, name);
    return pid;
  }

  async remove(): Promise<void> {
    await this.baton('down');
    // As root Postgres' files lie where the user that runs it can get.
    for (const name of readdirSync(this.home)) {
      const path = join(this.home, name);
      if (lstatSync(path).isSymbolicLink()) rmSync(realpathSync(path), { recursive: true, force: true });
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
