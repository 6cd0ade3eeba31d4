/** Tool `edit_plan`: what it takes, as it is offered to models; what it does, propose.ts says. */
import { z } from 'zod';
import type { Json } from '../../../plan/json.ts';
import { EDIT_PLAN } from '../../../protocol/agent.ts';
import type { StepEdit } from '../../../protocol/editing/step-edit.ts';
import { isObject } from './proposed-edits.ts';
import { schemaOf, ToolRefusal } from '../tool.ts';
import type { ToolDefinition } from '../tool-definition.ts';

/** Most edits of one proposal. */
const MAX_EDITS = 200;

const keys = z.union([z.string(), z.array(z.string())]);
const edit = z.strictObject({
  op: z.enum(['INSERT', 'UPDATE', 'DELETE']),
  step: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .describe(
      'INSERT: the step as a workflow definition writes it, such as {"key": "test", "agent": "test", "prompt": "…"}. ' +
        'UPDATE: its key and the members that change; null takes one away. DELETE: its key.',
    ),
  after: keys.optional().describe('INSERT: keys of steps that it waits for.'),
  before: keys.optional().describe('INSERT: keys of steps that wait for it. They must not have begun.'),
  rewire: z.boolean().optional().describe('DELETE: what waited for it waits for what it waited for.'),
});

const input = z.strictObject({
  edits: z.array(edit).max(MAX_EDITS).optional().describe('All of them are taken, in this order, or none.'),
  reason: z.string().optional().describe('Why, for the people who look at it.'),
});

export const EDIT_PLAN_DEFINITION: ToolDefinition = {
  name: EDIT_PLAN,
  description:
    'Changes the plan of the workflow run that you are a step of: adds steps, or changes steps that have not begun. ' +
    'Prompts of steps can read results of steps that they wait for, as {{ steps.KEY.result }}. ' +
    'Without edits it answers which steps there are and what you may propose. A person may have to approve it.',
  inputSchema: schemaOf(input),
};

export interface Asked {
  readonly edits: readonly StepEdit[];
  readonly reason: string | null;
}

/** @throws ToolRefusal telling each thing that is wrong */
export function askedEdits(args: Json): Asked {
  if (isObject(args) && args['rerun'] !== undefined)
    throw new ToolRefusal('rerun: only a person may have steps run anew. Leave it out, or ask for it.');
  const parsed = input.safeParse(args);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`,
    );
    throw new ToolRefusal(`The edits are wrong. ${wrong.slice(0, 10).join('; ')}.`);
  }
  const { edits = [], reason } = parsed.data;
  return { edits: edits.map(editOf), reason: reason === undefined || reason.trim() === '' ? null : reason };
}

function editOf({ op, step, after, before, rewire }: z.infer<typeof edit>, at: number): StepEdit {
  const key = typeof step === 'string' ? step : step['key'];
  if (typeof key !== 'string' || key === '') throw new ToolRefusal(`edits[${at}].step needs a "key".`);
  if (op === 'DELETE') return { op, step: key, rewire };
  if (typeof step === 'string') throw new ToolRefusal(`edits[${at}].step must be an object for ${op}.`);
  const text = step as Readonly<Record<string, Json>>;
  return op === 'UPDATE' ? { op, step: text } : { op, step: text, after, before, rewire };
}
