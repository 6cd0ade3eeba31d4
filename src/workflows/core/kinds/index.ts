/** The kinds of steps that there are. What a kind is, stands in kernel/kind.ts. */
import type { SpecOf, StepKind } from '../../../plan/plan.ts';
import { kindsOf } from '../kernel/kind.ts';
import type { Kind, Kinds } from '../kernel/kind.ts';
import { agentKind } from './agent/index.ts';
import { askKind } from './ask.ts';
import { commandKind } from './command.ts';
import { httpKind } from './http.ts';
import { nodeKind } from './node.ts';
import { transformKind } from './transform.ts';
import { waitKind } from './wait.ts';

export const STEP_KINDS: { readonly [K in StepKind]: Kind<SpecOf<K>> } = {
  agent: agentKind,
  ask: askKind,
  http: httpKind,
  command: commandKind,
  node: nodeKind,
  transform: transformKind,
  wait: waitKind,
};

export const KINDS: Kinds = kindsOf(STEP_KINDS);
