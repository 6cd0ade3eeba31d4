/** Turns of agents for tests: the input as the workflow would send it. */
import type { AgentSpec } from '../../src/plan/plan.ts';
import type { TurnInput } from '../../src/protocol/agent.ts';

/** A step that asks `compatible/some-model` to greet `inputs.who`. */
export function agentSpec(over: Partial<AgentSpec> = {}): AgentSpec {
  return {
    kind: 'agent',
    agent: 'writer',
    prompt: { $text: ['Greet ', { $expr: 'inputs.who' }] },
    models: [],
    outputSchema: null,
    temperature: null,
    maxOutputTokens: null,
    tools: [],
    approve: [],
    limits: { maxTurns: 30, maxTokens: null, maxCostMicros: null, maxDurationMs: null, onLimit: 'fail' },
    ...over,
  };
}

/** The first turn of step `work` in run `run-1`. */
export function firstTurn(spec: AgentSpec = agentSpec(), over: Partial<TurnInput> = {}): TurnInput {
  return {
    run: { id: 'run-1', workflow: 'demo', version: '1.0.0' },
    step: { key: 'work', title: 'Do the work', attempt: 1, turn: 1 },
    idempotencyKey: 'run-1/0/work/1',
    model: 'compatible/some-model',
    session: null,
    opening: {
      spec,
      system: 'You write.',
      mcp: {},
      values: { inputs: { who: { value: 'Ann' } }, steps: {} },
    },
    append: [],
    maxOutputTokens: null,
    keep: [],
    workspace: null,
    timeoutMs: 60_000,
    ...over,
  };
}

/** The turn after `before`, as turn `turn`. */
export function nextTurn(
  before: Pick<TurnInput, 'step' | 'idempotencyKey'>,
  answered: { readonly session: NonNullable<TurnInput['session']>['ref']; readonly head: string },
  over: Partial<TurnInput> = {},
): TurnInput {
  const turn = before.step.turn + 1;
  return firstTurn(undefined, {
    step: { ...before.step, turn },
    idempotencyKey: `${before.idempotencyKey.slice(0, before.idempotencyKey.lastIndexOf('/'))}/${turn}`,
    session: { ref: answered.session, head: answered.head },
    opening: null,
    ...over,
  });
}
