/**
 * The example nodes in Python and in Go do steps on a stack of their own, as their README says it; one is killed while it is
 * at work, and another takes over under the same key. Run by `npm run test:examples` after a build.
 *
 * What a machine has no `go` or no `python3` for is left out, and said so. Packages come from the registries of both languages
 * at the first time, and from their caches later. `BATON_TEST_EXAMPLES=none` leaves all of it out.
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
import { end, hasProgram, makeGo, makePython } from './programs.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/nodes/work.yaml', import.meta.url));
const HAS = {
  shout: hasProgram('python3', '-c', 'import venv, ensurepip'),
  count: hasProgram('go', 'version'),
};

const say = (line: string) => process.stdout.write(`${line}\n`);

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** The example's definition with the steps that can be done here. */
function definition(stack: OwnStack): string {
  const { steps, outputs, ...rest } = parse(readFileSync(EXAMPLE, 'utf8')) as {
    readonly steps: readonly { readonly key: 'shout' | 'count' }[];
    readonly outputs: Readonly<Record<string, string>>;
  };
  const isLeft = (text: string) =>
    Object.entries(HAS).every(([key, has]) => has || !text.includes(`${key}.`));
  const left = {
    ...rest,
    steps: steps
      .filter(({ key }) => HAS[key])
      .map((step) =>
        HAS.shout
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

  async up(): Promise<void> {
    await this.baton('up', '-d');
    this.#file = definition(this.stack);
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

async function test(): Promise<void> {
  const nodes = HAS.shout ? makePython() : null;
  const go = HAS.count ? makeGo() : null;
  const tried = new Tried();
  try {
    await tried.up();
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
      await tried.run(5, 1, async () => {
        const busy = await tried.atWork(names);
        running.get(busy)?.kill('SIGKILL');
        say(`${busy} was killed while it was at work`);
      });
  } finally {
    await tried.stack.remove();
  }
}

const isWanted = process.env['BATON_TEST_EXAMPLES'] !== 'none';
if (!isWanted) say('SKIPPED: the example nodes (BATON_TEST_EXAMPLES=none)');
else if (!HAS.shout) say('SKIPPED: the node in Python, since there is no python3 with venv on PATH');
if (isWanted && !HAS.count) say('SKIPPED: the node in Go, since there is no go on PATH');
try {
  if (isWanted && (HAS.shout || HAS.count)) {
    await test();
    say(
      `the example nodes do their work: ${Object.entries(HAS)
        .flatMap(([name, has]) => (has ? name : []))
        .join(', ')}`,
    );
  }
} catch (error) {
  say(messageOf(error));
  say('Where the registries cannot be reached, leave these tests out: BATON_TEST_EXAMPLES=none npm test');
  process.exitCode = 1;
} finally {
  end();
}
