/**
 * `npm run bench:versions -- CHECKOUT [--only NAME] [--rounds N]`: the same runs through the front door of another
 * version of Baton and of this one, in turn, each on a stack of its own. CHECKOUT: where the other lies, installed and
 * built. NAME: a part of a workload's name. Prints a table and leaves nothing behind.
 *
 * A machine that is shared is half as fast an hour later: what two versions take says something only where they take
 * turns.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../src/places.ts';
import {
  beside,
  nameOf,
  settingsFor,
  workloads,
  type Effects,
  type Workload,
} from '../front-door/measure.ts';
import { percentile } from '../statistics.ts';
import type { Ask } from './side.ts';

const WARM_UPS = 5;
const ROUNDS = 30;

interface Side {
  /** @returns how long it took, in ms */
  ask(what: Ask): Promise<number>;
  end(): Promise<void>;
}

const { values: options, positionals } = parseArgs({
  options: { only: { type: 'string', default: '' }, rounds: { type: 'string', default: String(ROUNDS) } },
  allowPositionals: true,
});
const [other] = positionals;
const rounds = Number(options.rounds);
if (other === undefined || positionals.length > 1 || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write('usage: npm run bench:versions -- CHECKOUT [--only NAME] [--rounds N]\n');
  process.exit(2);
}

const missing = ['bench/front-door/product.ts', 'node_modules', 'dist'].find(
  (name) => !existsSync(join(other, name)),
);
if (missing !== undefined) {
  const remedy = 'give a checkout with the bench, and run `npm install && npm run build` there';
  process.stderr.write(`there is no ${missing} in ${resolve(other)}: ${remedy}\n`);
  process.exit(2);
}

const { child: effects, said } = await beside<Effects>(join(ROOT, 'bench', 'front-door', 'effects.ts'));
const sides: Side[] = [];
try {
  sides.push(await open('other', resolve(other), said), await open('this', ROOT, said));
  for (const workload of workloads(said).filter(({ name }) => name.includes(options.only)))
    process.stdout.write(`${line(workload, await inTurn(workload))}\n`);
} finally {
  await Promise.all(sides.map((side) => side.end()));
  effects.disconnect();
}

async function open(name: string, checkout: string, { vendor }: Effects): Promise<Side> {
  const side = join(import.meta.dirname, 'side.ts');
  const args = [checkout, JSON.stringify(settingsFor(vendor))];
  const child = fork(side, args, { execArgv: ['--import', 'tsx'], cwd: checkout });
  const gone = once(child, 'disconnect').then(() => {
    throw new Error(`the ${name} version has ended: the lines above say why`);
  });
  const answer = async (): Promise<number> => {
    const [said] = (await Promise.race([once(child, 'message'), gone])) as [number];
    return said;
  };
  await answer();
  return {
    ask: async (what) => {
      const taken = answer();
      child.send(what);
      return taken;
    },
    end: async () => {
      // From now on it may.
      gone.catch(() => {});
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** What each side took, by round. */
async function inTurn({ name, runs, definition }: Workload): Promise<readonly (readonly number[])[]> {
  for (const side of sides) await side.ask({ publish: definition });
  const taken = sides.map((): number[] => []);
  for (let round = -WARM_UPS; round < rounds; round++) {
    const order = round % 2 === 0 ? [...sides.keys()] : [...sides.keys()].toReversed();
    for (const at of order) {
      const ms = await sides[at]?.ask({ run: nameOf(name), count: runs });
      if (round >= 0 && ms !== undefined) taken[at]?.push(ms);
    }
  }
  return taken;
}

/** Medians and quarters of both, and of what this one takes more in a round. */
function line({ name }: Workload, [before = [], now = []]: readonly (readonly number[])[]): string {
  const more = now.map((ms, round) => ms - (before[round] ?? Number.NaN));
  const told = (samples: readonly number[]) => {
    const [low = 0, middle = 0, high = 0] = [0.25, 0.5, 0.75].map((share) => percentile(samples, share));
    return `${middle.toFixed(0)} ms (${low.toFixed(0)} to ${high.toFixed(0)})`;
  };
  const ratio = percentile(now, 0.5) / percentile(before, 0.5);
  return `${name}: other ${told(before)}, this ${told(now)}, ratio ${ratio.toFixed(2)}; in a round this takes ${told(more)} more`;
}
