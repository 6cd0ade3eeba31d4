/**
 * Baton under the newest releases of other lines of Node: the tests of the pure rooms, and a run of the main example on
 * a stack of its own, held against Temporal by `verify`. Run by `npm run test:nodes` after a build.
 *
 * The binaries are packages of the npm registry, which npm keeps in its cache; nothing is installed here.
 * `BATON_TEST_NODES` names other lines (`22,24`), or `none`.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../src/errors/errors.ts';
import { OwnStack } from '../support/own-stack.ts';

const LINES = (process.env['BATON_TEST_NODES'] ?? '22,24').split(',').filter((line) => line !== 'none');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = join(ROOT, 'examples', 'code-review.yaml');
const PROGRAMS = ['api/main', 'projections/main', '--role workflows', '--role activities'];

const say = (line: string) => process.stdout.write(`${line}\n`);

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Path of the newest Node of a line. */
function obtain(line: string): string {
  const name = `node-${process.platform}-${process.arch}@${line}`;
  const options = ['--yes', '--loglevel=error', `--package=${name}`];
  const args = ['exec', ...options, '--', 'node', '-p', 'process.execPath'];
  const { status, stdout, stderr, error } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8' });
  const hint =
    'Where the npm registry cannot be reached, leave these tests out: BATON_TEST_NODES=none npm test';
  demand(
    status === 0,
    `Node ${line} (${name}) cannot be fetched:\n${error?.message ?? stderr.trim()}\n${hint}`,
  );
  return stdout.trim();
}

/** The tests of the pure rooms, by this Node and whatever it starts. */
function testCore(node: string): void {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const PATH = [dirname(node), process.env['PATH']].join(delimiter);
  const args = [vitest, 'run', '--project', 'unit', '--mode', 'core'];
  const { status } = spawnSync(node, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, PATH } });
  demand(status === 0, 'the tests of the core fail');
}

/** The main example, from `up` to `down`. */
async function runExample(node: string): Promise<void> {
  const stack = new OwnStack({}, node);
  const baton = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await stack.baton(...args);
    demand(code === 0, `baton ${args.join(' ')} ended with ${code}:\n${out}${err}`);
    return out;
  };
  try {
    await baton('up', '-d');
    const running = [...stack.processes().values()].filter((line) => line.startsWith(node));
    for (const program of PROGRAMS)
      demand(
        running.some((line) => line.includes(program)),
        `${program} does not run under it`,
      );
    const out = await baton('run', EXAMPLE, '-i', 'git_diff=+ a line', '--wait', '-o', 'json');
    const run = JSON.parse(out) as { id: string; status: string; diverged: unknown };
    demand(run.status === 'completed' && run.diverged === null, `the run is ${out}`);
    await baton('verify', run.id);
  } finally {
    await stack.remove();
  }
}

async function test(line: string): Promise<void> {
  const node = obtain(line);
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  demand(version.startsWith(`v${line}.`), `${node} is ${version}, not Node ${line}`);
  say(`Node ${version}`);
  testCore(node);
  await runExample(node);
  say(`Node ${version}: the core and ${EXAMPLE.slice(ROOT.length)} run`);
}

try {
  for (const line of LINES) await test(line);
  if (LINES.length === 0) say('other lines of Node are not tested (BATON_TEST_NODES=none)');
} catch (error) {
  say(messageOf(error));
  process.exitCode = 1;
}
