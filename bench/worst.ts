/**
 * What the costliest input within all limits takes of the processor. What is worst is listed beside the tests, which see
 * that each is answered or refused; here it is seen that the limits stand where they should.
 */
import { compile } from '../src/definition/index.ts';
import { WORST } from '../src/definition/testing/worst.ts';
import { evaluate } from '../src/expressions/evaluate.ts';
import { ACTIVITY_COST } from '../src/expressions/meter.ts';
import { SIZES, WORST_CALLS, WORST_OPERATIONS } from '../src/expressions/testing/worst.ts';
import type { Json } from '../src/plan/json.ts';

export interface WorstCost {
  readonly what: string;
  /** The one that takes longest. */
  readonly worst: string;
  /** Milliseconds of processor time. */
  readonly ms: number;
  /** As a multiple of parsing a megabyte of JSON on the same machine. */
  readonly ratio: number;
  readonly budget_ms: number;
}

type Work = readonly [name: string, work: () => unknown];

const ROUNDS = 3;
const MEGABYTE = JSON.stringify(Array.from({ length: 110_000 }, (_, i) => i + 1e8));

export function measureWorst(): readonly WorstCost[] {
  const unit = quickest(() => JSON.parse(MEGABYTE) as Json);
  const row = (what: string, budget_ms: number, all: readonly Work[]): WorstCost => {
    const times = all.map(([name, work]) => ({ name, ms: quickest(work) }));
    const { name, ms } = times.toSorted((a, b) => b.ms - a.ms)[0] ?? { name: '', ms: 0 };
    return { what, worst: name, ms, ratio: ms / unit, budget_ms };
  };
  return [
    row('a call of a function', 500, calls()),
    row(
      'an expression',
      1_000,
      WORST_OPERATIONS.map(([source, values]) => expression(source, values)),
    ),
    row(
      'a definition',
      3_000,
      Object.entries(WORST).map(([name, text]) => [name, () => compile(text())]),
    ),
  ];
}

function calls(): readonly Work[] {
  return Object.values(WORST_CALLS).flatMap((uses) =>
    uses.flatMap(([source, values]) => SIZES.map((size) => expression(source, values(size)))),
  );
}

function expression(source: string, inputs: Record<string, Json>): Work {
  const scope = { inputs, steps: {}, run: { id: 'r', workflow: 'w', version: '1' } };
  return [source, () => evaluate(source, scope, { limit: ACTIVITY_COST })];
}

/** Of some rounds the one that was disturbed least; a refusal is an answer. */
function quickest(work: () => unknown): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const begun = process.cpuUsage();
    try {
      work();
    } catch {
      // Refused for its cost: what led to it is what is measured.
    }
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000;
  });
  return Math.min(...rounds);
}
