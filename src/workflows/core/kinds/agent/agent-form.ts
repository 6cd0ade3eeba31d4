/** The form of an agent's state, as it is carried from another execution, and of what its model's answers hold. */
import * as v from 'valibot';
import { count, flag, formFault, limits, text, textOrNull } from '../../../../plan/forms.ts';
import type { Form } from '../../../../plan/forms.ts';
import { appended, limitName, moneyOrNull, supplied, time, toolCallForm } from '../../kernel/forms.ts';
import type { AgentState, CallState, SegmentState } from '../../kernel/state.ts';

const callState: Form<CallState> = v.object({
  call: toolCallForm,
  status: v.picklist(['new', 'asking', 'ready', 'running', 'resting', 'answered']),
  infra: count,
  edited: v.exactOptional(supplied),
  epoch: v.exactOptional(text),
  answer: v.exactOptional(v.object({ output: supplied, isError: flag })),
  approved: v.exactOptional(v.literal(true)),
});

const segment: Form<SegmentState> = v.object({
  number: count,
  limits,
  turns: count,
  tokens: count,
  costMicros: moneyOrNull,
  startedAt: time,
  warned: v.array(limitName),
});

const reserved = v.object({ tokens: v.number(), costMicros: v.number() });
export const agentForm: Form<AgentState> = v.object({
  phase: v.picklist(['call', 'tools']),
  session: v.nullable(v.object({ id: text, name: text })),
  head: textOrNull,
  turns: count,
  model: count,
  passes: v.exactOptional(v.nullable(v.number())),
  corrections: count,
  cuts: v.exactOptional(count),
  append: v.array(appended),
  calls: v.array(callState),
  segment,
  context: v.exactOptional(v.object({ tokens: count, window: v.nullable(count) })),
  compact: v.exactOptional(v.picklist(['asked', 'needed'])),
  compacting: v.exactOptional(v.picklist(['near', 'asked', 'needed'])),
  compactedAt: v.exactOptional(count),
  reserved,
});

/** Are these calls of tools? */
export function areToolCalls(calls: readonly unknown[]): boolean {
  return calls.every((call) => formFault(toolCallForm, call) === null);
}
