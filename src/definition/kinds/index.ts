/** The kinds of steps that definitions know. What a kind is, stands in kind.ts. */
import type { SpecOf, StepKind } from '../../plan/plan.ts';
import { agentDefinition } from './agent.ts';
import { askDefinition } from './ask.ts';
import { commandDefinition } from './command.ts';
import { httpDefinition } from './http.ts';
import type { KindDefinition } from './kind.ts';
import { nodeDefinition } from './node.ts';
import { stepKindsOf } from './step-kinds.ts';
import type { StepKinds } from './step-kinds.ts';
import { transformDefinition } from './transform.ts';
import { waitDefinition } from './wait.ts';

/** In the order in which they are offered to authors. */
export const STEP_KINDS: { readonly [K in StepKind]: KindDefinition<SpecOf<K>> } = {
  agent: agentDefinition,
  ask: askDefinition,
  http: httpDefinition,
  command: commandDefinition,
  node: nodeDefinition,
  transform: transformDefinition,
  wait: waitDefinition,
};

export const KINDS: StepKinds = stepKindsOf(STEP_KINDS);
