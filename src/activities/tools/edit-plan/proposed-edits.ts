/**
 * What of a definition's text proposals may write. An agent is what the definition says of it: its tools, models and limits
 * are no matter of whoever proposes a step for it. The run judges the compiled plan by its own rules beside that.
 */
import { parseJson } from '../../../plan/json-text.ts';
import type { Json, JsonObject } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { StepEdit } from '../../../protocol/editing/step-edit.ts';
import { ToolRefusal } from '../tool.ts';

const MEMBERS: ReadonlySet<string> = new Set([
  ...[
    'key',
    'title',
    'description',
    'dependencies',
    'when',
    'parallel',
    'timeout',
    'retry',
    'on_error',
    'onError',
  ],
  ...['agent', 'prompt', 'output_schema'],
  ...['ask', 'transform', 'wait', 'http'],
  ...['command', 'cwd', 'env', 'stdin', 'node'],
]);

/** @throws ToolRefusal naming members that are no matter of proposals */
export function assertMembers(edits: readonly StepEdit[]): void {
  edits.forEach((edit, at) => {
    if (edit.op === 'DELETE') return;
    const wrong = Object.keys(edit.step).filter((name) => !MEMBERS.has(name));
    if (wrong.length === 0) return;
    const known = [...MEMBERS].join(', ');
    throw new ToolRefusal(
      `edits[${at}].step: ${wrong.slice(0, 10).join(', ')} cannot be proposed; what can: ${known}.`,
    );
  });
}

/** The edits, with agents that are added kept from proposing edits themselves, where the definition lets all of its own. */
export function withoutRights(edits: readonly StepEdit[], { edits: bound }: Plan): readonly StepEdit[] {
  if (bound === undefined) return edits;
  return edits.map((edit) =>
    edit.op === 'INSERT' && Object.hasOwn(edit.step, 'agent')
      ? { ...edit, step: { ...edit.step, edits: 'never' } }
      : edit,
  );
}

/** What the result of a step proposes, `{edits, reason?}`, and `rerun`, which is refused; null: nothing. */
export function editsIn(kind: string, result: Json): JsonObject | null {
  const holder = holderIn(kind, result);
  if (!isObject(holder) || !Object.hasOwn(holder, 'edits')) return null;
  const { edits = null, reason, rerun } = holder;
  return {
    edits,
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(rerun === undefined ? {} : { rerun }),
  };
}

/** A transform and a node say it by their value, a response by its body, a command by the JSON that it writes. */
function holderIn(kind: string, result: Json): Json {
  if (kind === 'transform' || kind === 'node' || !isObject(result)) return result;
  if (kind === 'http') return result['body'] ?? null;
  const text = result['stdout'];
  if (typeof text !== 'string') return null;
  try {
    return parseJson(text);
  } catch {
    // It says something else.
    return null;
  }
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
