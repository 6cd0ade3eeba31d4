/** Small plans for tests of the core, without definition text. */
import type { AgentSpec, AskSpec, Condition, Plan, PlanStep, StepSpec } from '../../../plan/plan.ts';
import type { Expression, Use } from '../../../plan/template.ts';
import { NO_LIMITS } from '../../../protocol/limits.ts';

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
    workspace: false,
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

/** An agent's spec; at most 30 turns unless told. */
export function agent(options: Partial<Omit<AgentSpec, 'kind'>> = {}): AgentSpec {
  return {
    kind: 'agent',
    agent: 'code',
    prompt: 'Do it',
    models: [],
    outputSchema: null,
    temperature: null,
    maxOutputTokens: null,
    tools: ['read_file', 'write_file', 'ask_user'],
    approve: [],
    limits: { ...NO_LIMITS, maxTurns: 30 },
    ...options,
  };
}

/** A question that anybody may answer, with yes or no and at any time, unless told. */
export function ask(options: Partial<Omit<AskSpec, 'kind'>> = {}): AskSpec {
  return {
    kind: 'ask',
    prompt: 'Go on?',
    form: { type: 'boolean' },
    approval: false,
    approvers: [],
    needed: 1,
    notStarter: false,
    timeoutMs: null,
    onTimeout: { action: 'fail' },
    ...options,
  };
}

/** A step of the agent `writer`, with a model. */
export function agentStep(
  key: string,
  dependencies: readonly string[] = [],
  spec: Partial<Omit<AgentSpec, 'kind'>> = {},
  options: StepOptions = {},
): PlanStep {
  const writer = agent({ agent: 'writer', prompt: 'write', models: ['openai/small'], ...spec });
  return step(key, dependencies, { ...options, spec: writer });
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
    agents: {},
    limits: NO_LIMITS,
    workspace: null,
    ...options,
    steps: placed,
  };
}
