/** Small plans for tests of the core, without definition text. */
import type { Condition, Plan, PlanStep, StepSpec } from '../../../plan/plan.ts';
import type { Expression, Use } from '../../../plan/template.ts';

type StepOptions = Partial<Omit<PlanStep, 'key' | 'spec'>>;

const COMMAND: StepSpec = { kind: 'command', argv: ['true'], cwd: null, env: {}, stdin: null };

export function step(
  key: string,
  dependencies: readonly string[] = [],
  options: StepOptions & { spec?: StepSpec } = {},
): PlanStep {
  const spec = options.spec ?? COMMAND;
  return {
    title: `Step ${key}`,
    kind: spec.kind,
    level: 0,
    dependencies,
    when: null,
    parallel: true,
    timeoutMs: null,
    retry: retries(1),
    onError: { action: 'fail' },
    capability: null,
    uses: [],
    keep: [],
    ...options,
    key,
    spec,
  };
}

export function retries(attempts: number, initialMs = 10): PlanStep['retry'] {
  return { attempts, initialMs, factor: 2, maxMs: 60_000, jitter: 0, if: null };
}

export function transform(value: Extract<StepSpec, { kind: 'transform' }>['value']): StepSpec {
  return { kind: 'transform', value };
}

export function when(
  source: string,
  uses: readonly Use[] = [],
  statusAware = source.includes('status'),
): Condition {
  return { source, uses, statusAware };
}

export function expression(source: string, uses: readonly Use[] = []): Expression {
  return { source, uses };
}

/** A plan over steps given in topological order; levels and sinks are worked out. */
export function planOf(steps: readonly PlanStep[], options: Partial<Omit<Plan, 'steps'>> = {}): Plan {
  const levels = new Map<string, number>();
  const placed = steps.map((one) => {
    const level = one.dependencies.reduce((most, key) => Math.max(most, (levels.get(key) ?? 0) + 1), 0);
    levels.set(one.key, level);
    return { ...one, level };
  });
  const needed = new Set(steps.flatMap((one) => one.dependencies));
  return {
    name: 'test',
    version: '1.0.0',
    hash: 'sha256:test',
    title: null,
    description: null,
    inputs: {},
    outputs: { kind: 'sinks', keys: steps.map((one) => one.key).filter((key) => !needed.has(key)) },
    failure: 'fast',
    scheduling: 'ready',
    maxParallel: 200,
    timeoutMs: null,
    labels: {},
    ...options,
    steps: placed,
  };
}
