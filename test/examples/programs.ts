/** The example nodes as programs: made ready as their README says it, in a folder of their own, and started. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../src/errors/errors.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NODES = join(ROOT, 'examples', 'nodes');
const PROTO = join(ROOT, 'proto');
const MESSAGES = ['json', 'node'].map((name) => join(PROTO, 'baton', 'v1', `${name}.proto`));
const CACHE = process.env['BATON_CACHE'] ?? join(homedir(), '.cache', 'baton');

/** What was started here, and is ended with `end`. */
const started: ChildProcess[] = [];
/** Copies of the examples, with what is made of the protocol for them. */
const folder = mkdtempSync(join(tmpdir(), 'baton-examples-'));
cpSync(NODES, folder, { recursive: true });

export const hasProgram = (name: string, ...args: string[]): boolean => spawnSync(name, args).status === 0;

/** What a program needs cannot be got here: not a fault of ours. */
export class Unobtainable extends Error {}

function obtain(cwd: string, command: string, ...args: string[]): void {
  try {
    run(cwd, command, ...args);
  } catch (error) {
    throw new Unobtainable(messageOf(error).trim().split('\n').slice(-3).join(' '), { cause: error });
  }
}

/** @throws Error with what it said */
function run(cwd: string, command: string, ...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${[command, ...args].join(' ')}: ${error?.message ?? `${stdout}${stderr}`}`);
}

/** Python with the packages that the example needs, kept for the next time. @throws Unobtainable */
function python(): string {
  const requirements = join(NODES, 'python', 'requirements.txt');
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const home = join(CACHE, `examples-python-${digest}`);
  const program = join(home, 'bin', 'python');
  if (existsSync(join(home, 'ready'))) return program;
  rmSync(home, { recursive: true, force: true });
  obtain(ROOT, 'python3', '-m', 'venv', home);
  obtain(ROOT, program, '-m', 'pip', 'install', '--quiet', '-r', requirements);
  run(ROOT, program, '-c', `open(${JSON.stringify(join(home, 'ready'))}, 'w')`);
  return program;
}

/** @returns starts the Python node under a name, at Baton's gRPC address @throws Unobtainable without PyPI */
export function makePython(): (address: string, name: string) => ChildProcess {
  const program = python();
  const at = join(folder, 'python');
  const out = [`--python_out=${at}`, `--grpc_python_out=${at}`];
  run(at, program, '-m', 'grpc_tools.protoc', '-I', PROTO, ...out, ...MESSAGES);
  return (address, name) => start(program, join(at, 'node.py'), address, name);
}

/** @returns starts the Go node; answers the address under which Baton calls it @throws Unobtainable without Go modules, or with an older Go */
export function makeGo(): () => Promise<string> {
  const at = join(folder, 'go');
  obtain(at, 'go', 'mod', 'download');
  const of = MESSAGES.flatMap((file) => ['--path', file]);
  run(at, join(ROOT, 'node_modules', '.bin', 'buf'), 'generate', PROTO, ...of);
  run(at, 'go', 'build', '-trimpath', '-o', 'node', '.');
  return () => listening(start(join(at, 'node'), '127.0.0.1:0'));
}

function start(command: string, ...args: string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  started.push(child);
  return child;
}

async function listening({ stderr }: ChildProcess): Promise<string> {
  let said = '';
  for await (const piece of stderr ?? []) {
    said += String(piece);
    const [, address] = /listening on (\S+)/.exec(said) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`the Go node ended: ${said}`);
}

export function end(): void {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
