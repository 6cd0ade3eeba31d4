/** Which activities have effects that must not happen again without need, and what names each effect. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../plan/canonical.ts';
import { jsonBytes } from '../../plan/json.ts';
import type { Json } from '../../plan/json.ts';
import type { AnySpec } from '../../plan/plan.ts';
import type { StepActivityInput } from '../../protocol/activity.ts';
import { EDIT_PLAN, stoppedCall } from '../../protocol/agent.ts';
import type { ToolActivityInput, ToolActivityOutput, TurnInput } from '../../protocol/agent.ts';
import { previewOf } from '../../protocol/values.ts';
import { SAFE_METHODS } from '../network/safe-methods.ts';
import type { Effect } from './effects.ts';

/** Tools that only look. What is proposed, the run does. */
const LOOKING = new Set(['read_file', 'list_files', 'search_files', EDIT_PLAN]);
/** Tools that see whether they have been there already. */
const WRITING = new Set(['write_file', 'edit_file']);

/** Of steps that act on the world; those that may be done again without harm have none. */
export function effectOfStep(input: StepActivityInput<AnySpec>): Effect {
  return effectOf(input);
}

/** null for tools that only look. What cannot be done twice is begun once: its model can judge what to do again. */
export function effectOfTool(input: ToolActivityInput): Effect | null {
  const { name } = input.call;
  if (LOOKING.has(name)) return null;
  if (isRepeatable(input)) return effectOf(input);
  const text = stoppedCall('its worker was lost');
  const result = { value: text, bytes: jsonBytes(text), preview: previewOf(text) };
  const output: ToolActivityOutput = { result, isError: true, comment: `${name} was stopped` };
  return { ...effectOf(input), whenCut: output as unknown as Json };
}

/** A model's answer is paid for; it is kept in the session, and a stop cuts it short at once. */
export function effectOfTurn(input: TurnInput): Effect {
  return { ...effectOf(input), keepsItself: true, stopsWithWorker: true };
}

/** Done twice it comes to the same. */
function isRepeatable({ call: { name, input } }: ToolActivityInput): boolean {
  if (WRITING.has(name)) return true;
  if (name !== 'http_fetch' || !('value' in input)) return false;
  const { method = 'GET' } = (input.value ?? {}) as { readonly method?: unknown };
  return typeof method === 'string' && SAFE_METHODS.has(method);
}

function effectOf(input: StepActivityInput<AnySpec> | ToolActivityInput | TurnInput): Effect {
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
