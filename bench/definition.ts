/** How long it takes from definition text to plan, without any server. */
import { compile, graphText } from '../src/definition/index.ts';
import { graphOf } from '../src/definition/graph/graph.ts';
import type { Plan } from '../src/plan/plan.ts';
import { percentile } from './statistics.ts';

export interface DefinitionTiming {
  readonly name: string;
  readonly median_ms: number;
  readonly budget_ms: number;
}

const WARM_UPS = 3;

/** Medians over several rounds in one process, each beside its budget. */
export async function benchDefinition(): Promise<readonly DefinitionTiming[]> {
  const [ten, many] = [definitionOf(10), definitionOf(2_000)];
  const twenty = planOf(definitionOf(20));
  return [
    timed('parse and compile 10 steps', 10, 50, () => planOf(ten)),
    timed('order, levels and text of a graph of 20 steps', 5, 50, () => [
      graphOf(twenty.steps),
      graphText(twenty),
    ]),
    timed('parse and compile 2,000 steps', 1_000, 7, () => planOf(many)),
  ];
}

function timed(name: string, budget: number, rounds: number, work: () => unknown): DefinitionTiming {
  const samples = Array.from({ length: WARM_UPS + rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  const median = percentile(samples.slice(WARM_UPS), 0.5);
  return { name, median_ms: Math.round(median * 100) / 100, budget_ms: budget };
}

function planOf(text: string): Plan {
  const result = compile(text);
  if ('plan' in result) return result.plan;
  throw new Error(result.errors.map(({ message }) => message).join(' '));
}

/** Agents in rows of ten; each reads two of the row before. */
function definitionOf(steps: number): string {
  const lines = Array.from({ length: steps }, (_, at) => {
    const row = Math.floor(at / 10) * 10;
    const before = row === 0 ? [] : [`step-${row - 10 + (at % 10)}`, `step-${row - 10 + ((at + 3) % 10)}`];
    const reads = before.map((key) => `{{${key}.result}}`).join(' and ') || '{{topic}}';
    return `  - key: step-${at}\n    agent: docs\n    prompt: "Go on from ${reads}"\n    dependencies: [${before.join(', ')}]`;
  });
  return ['name: bench', 'version: 1.0.0', 'steps:', ...lines, ''].join('\n');
}
