/**
 * `npm run bench:versions -- CHECKOUT [--only NAME] [--rounds N]`: the same runs through the front door of another
 * version of Baton and of this one, in turn, each on a stack of its own. CHECKOUT: where the other lies, installed and
 * built. NAME: a part of a workload's name. Prints a line for each. A Ctrl-C takes the stacks down as well.
 *
 * A machine that is shared is half as fast an hour later: what two versions take says something only where they take
 * turns.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../src/places.ts';
import { nameOf, settingsFor, startEffects, workloads, type Workload } from '../front-door/measure.ts';
import { openSide, type Side } from '../front-door/side-beside.ts';
import { inTurn } from '../in-turn.ts';
import { percentile } from '../statistics.ts';

const WARM_UPS = 5;
const ROUNDS = 30;

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

const effects = await startEffects();
const chosen = workloads(effects.said).filter(({ name }) => name.includes(options.only));
if (chosen.length === 0) {
  process.stderr.write(`no workload is called "${options.only}"\n`);
  process.exit(2);
}
const settings = settingsFor(effects.said.vendor);
const sides: Side[] = [];
try {
  for (const checkout of [resolve(other), ROOT]) sides.push(await openSide(settings, checkout));
  for (const workload of chosen) process.stdout.write(`${await measured(workload)}\n`);
} finally {
  await Promise.all(sides.map((side) => side.end()));
  effects.child.disconnect();
}

async function measured({ name, runs, definition }: Workload): Promise<string> {
  const taken = new Map(sides.map((side) => [side, [] as number[]]));
  for (const side of sides) await side.publish(definition);
  for (const [round, order] of inTurn(sides, WARM_UPS, rounds)) {
    for (const side of order) {
      const { ms } = await side.run(nameOf(name), runs);
      if (round >= 0) taken.get(side)?.push(ms);
    }
  }
  return line(name, [...taken.values()]);
}

/** Medians and quarters of both, and of what this one takes more in a round. */
function line(name: string, [before = [], now = []]: readonly (readonly number[])[]): string {
  const more = now.map((ms, round) => ms - (before[round] ?? Number.NaN));
  const told = (samples: readonly number[]) => {
    const [low = 0, middle = 0, high = 0] = [0.25, 0.5, 0.75].map((share) => percentile(samples, share));
    return `${middle.toFixed(0)} ms (${low.toFixed(0)} to ${high.toFixed(0)})`;
  };
  const ratio = percentile(now, 0.5) / percentile(before, 0.5);
  return `${name}: other ${told(before)}, this ${told(now)}, ratio ${ratio.toFixed(2)}; in a round this takes ${told(more)} more`;
}
