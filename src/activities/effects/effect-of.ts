/** Which activities have effects that must not happen again without need, and what names each effect. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../plan/canonical.ts';
import type { Json } from '../../plan/json.ts';
import type { StepActivityInput } from '../../protocol/activity.ts';
import type { ToolActivityInput, TurnInput } from '../../protocol/agent.ts';
import { SAFE_METHODS } from '../network/safe-methods.ts';
import type { Effect } from './effects.ts';

/** Tools that only look. */
const LOOKING = new Set(['read_file', 'list_files', 'search_files']);

/** null for steps that may be done again without harm. */
export function effectOfStep(input: StepActivityInput): Effect | null {
  const { spec } = input;
  const acts =
    spec.kind === 'command' || (spec.kind === 'http' && !SAFE_METHODS.has(spec.method.toUpperCase()));
  return acts ? effectOf(input) : null;
}

/** null for tools that only look. */
export function effectOfTool(input: ToolActivityInput): Effect | null {
  return LOOKING.has(input.call.name) ? null : effectOf(input);
}

/** A model's answer is paid for; it is kept in the session, and a stop cuts it short at once. */
export function effectOfTurn(input: TurnInput): Effect {
  return { ...effectOf(input), keepsItself: true, stopsWithWorker: true };
}

function effectOf(input: StepActivityInput | ToolActivityInput | TurnInput): Effect {
  const { attempt, ...step } = input.step;
  // What changes from attempt to attempt is not part of the work.
  const work = { ...input, step, timeoutMs: 0 };
  const text = canonicalJson(work as unknown as Json);
  return {
    key: input.idempotencyKey,
    inputHash: createHash('sha256').update(text).digest('hex'),
    runId: input.run.id,
    repeated: attempt > 1,
  };
}
