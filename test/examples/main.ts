/**
 * The example nodes in Python and in Go do steps on a stack of their own, as their README says it; one is killed while it is
 * at work, and another takes over under the same key. Run by `npm run test:examples` after a build.
 *
 * What a machine has no `go` or no `python3` for, or cannot get the packages of, is left out, and said so: they come from the
 * registries of both languages at the first time, and from their caches later. `BATON_TEST_EXAMPLES=none` leaves all of it out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { Node } from '../../src/contract/nodes/node.ts';
import type { Step } from '../../src/contract/step.ts';
import { messageOf } from '../../src/errors/errors.ts';
import { OwnStack } from '../support/own-stack.ts';
import { until } from '../support/until.ts';
import { end, hasProgram, makeGo, makePython, Unobtainable } from './programs.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/nodes/work.yaml', import.meta.url));

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Null, and said so, where this machine lacks what it takes. */
function made<T>(node: string, missing: string | null, make: () => T): T | null {
  const skipped = (reason: string) => say(`SKIPPED: the node in ${node}: ${reason}`);
  if (missing !== null) return (skipped(missing), null);
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Unobtainable)) throw error;
    return (skipped(error.message), null);
  }
}

const lacking = (what: string, ...command: [string, ...string[]]): string | null =>
  hasProgram(...command) ? null : `there is no ${what} on PATH`;

type Has = Readonly<Record<'shout' | 'count', boolean>>;

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** The example's definition with the steps that can be done here. */
function definition(stack: OwnStack, has: Has): string {
  const { steps, outputs, ...rest } = parse(readFileSync(EXAMPLE, 'utf8')) as {
    readonly steps: readonly { readonly key: 'shout' | 'count' }[];
    readonly outputs: Readonly<Record<string, string>>;
  };
  const isLeft = (text: string) => Object.entries(has).every(([key, is]) => is || !text.includes(`${key}.`));
  const left = {
    ...rest,
    steps: steps
      .filter(({ key }) => has[key])
      .map((step) =>
        has.shout
          ? step
          : { ...step, dependencies: [], node: { capability: 'count', input: { text: '{{ text }}' } } },
      ),
    outputs: Object.fromEntries(Object.entries(outputs).filter(([, text]) => isLeft(text))),
  };
  const file = join(stack.folder, 'work.yaml');
  writeFileSync(file, stringify(left));
  return file;
}

class Tried {
  readonly stack = new OwnStack({ BATON_ALLOW_PRIVATE_NETWORK: '1' });
  #file = '';

  async baton(...args: string[]): Promise<string> {
    const { code, out, err } = await this.stack.baton(...args);
    demand(code === 0, `baton ${args.join(' ')} ended with ${code}:\n${out}${err}`);
    return out;
  }

  async up(has: Has): Promise<void> {
    await this.baton('up', '-d');
    this.#file = definition(this.stack, has);
  }

  async #get<T>(path: string): Promise<T> {
    return (await (await fetch(`${this.stack.info().api}/api/v1${path}`)).json()) as T;
  }

  /** @param meanwhile what happens while it runs */
  async run(seconds: number, losses = 0, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    const inputs = ['-i', 'text=hello world', '-i', `seconds=${seconds}`];
    const [out] = await Promise.all([
      this.baton('run', this.#file, ...inputs, '--wait', '-o', 'json'),
      meanwhile(),
    ]);
    const run = JSON.parse(out) as { id: string; status: string; output: Record<string, unknown> };
    const { said = 'HELLO WORLD', words = 2 } = run.output;
    demand(run.status === 'completed' && said === 'HELLO WORLD' && words === 2, `the run is ${out}`);
    const { items } = await this.#get<{ items: readonly Step[] }>(`/runs/${run.id}/steps`);
    const lost = items.flatMap(({ attempts }) => attempts.filter(({ error }) => error?.type === 'node_lost'));
    demand(lost.length === losses, `${lost.length} attempts were lost with their nodes`);
    for (const { key, output } of items) {
      const wanted = `${run.id}/0/${key}/1`;
      const done = (output as { readonly key?: unknown } | null)?.key;
      demand(done === wanted, `step ${key} was done under ${String(done)}, and not ${wanted}`);
    }
    await this.baton('verify', run.id);
  }

  /** Waits until one of these is at work. */
  async atWork(names: readonly string[]): Promise<string> {
    let found: string | undefined;
    await until(async () => {
      const { items } = await this.#get<{ items: readonly Node[] }>('/nodes');
      const nodes = await Promise.all(items.map(({ id }) => this.#get<Node>(`/nodes/${id}`)));
      found = nodes.find(
        ({ id, assignments }) => names.includes(id) && assignments.some(({ status }) => status === 'running'),
      )?.id;
      return found !== undefined;
    });
    return found ?? '';
  }
}

/** @returns what was tried */
async function test(): Promise<readonly string[]> {
  const venv = lacking('python3 with venv', 'python3', '-c', 'import venv, ensurepip');
  const nodes = made('Python', venv, makePython);
  const go = made('Go', lacking('go', 'go', 'version'), makeGo);
  const has = { shout: nodes !== null, count: go !== null };
  if (!has.shout && !has.count) return [];
  const tried = new Tried();
  try {
    await tried.up(has);
    const { grpc } = tried.stack.info();
    demand(grpc !== null, 'the stack has no gRPC');
    if (go !== null)
      await tried.baton(
        'nodes',
        'add',
        'counter',
        '--address',
        `grpc://${await go()}`,
        '--capability',
        'count',
      );
    const names = ['shouter-1', 'shouter-2'];
    const running = new Map(nodes === null ? [] : names.map((name) => [name, nodes(grpc, name)] as const));
    await tried.run(0);
    if (nodes !== null)
      await tried.run(20, 1, async () => {
        const busy = await tried.atWork(names);
        running.get(busy)?.kill('SIGKILL');
        say(`${busy} was killed while it was at work`);
      });
  } finally {
    await tried.stack.remove();
  }
  return Object.entries(has).flatMap(([name, is]) => (is ? name : []));
}

const isWanted = process.env['BATON_TEST_EXAMPLES'] !== 'none';
try {
  if (!isWanted) say('SKIPPED: the example nodes (BATON_TEST_EXAMPLES=none)');
  const tried = isWanted ? await test() : [];
  if (tried.length > 0) say(`the example nodes do their work: ${tried.join(', ')}`);
} catch (error) {
  say(messageOf(error));
  process.exitCode = 1;
} finally {
  end();
}
