/**
 * Compiles steps of kind `ask`: a question to people.
 *
 * Guarantees on success: the form is a JSON Schema that can be applied inside the workflow, enough people may answer,
 * and what is taken when time runs out fits the form.
 */
import { z } from 'zod';
import type { Json, JsonObject, Path } from '../../plan/json.ts';
import { FORM_COST } from '../../plan/schema/schema-cost.ts';
import { judge, linesOfMisfits } from '../../plan/schema/schema-judge.ts';
import type { AskSpec } from '../../plan/plan.ts';
import { durationOr } from '../fields/durations.ts';
import { compileForm } from '../fields/json-schema.ts';
import type { Problems } from '../text/problem.ts';
import { anything, checked, data, named, template } from '../fields/schema.ts';
import { shaped } from '../fields/shape.ts';
import { PLAIN, stepSchema } from './kind.ts';
import type { KindContext, KindDefinition } from './kind.ts';

const schema = stepSchema({ ask: anything });
type AskStep = z.infer<typeof schema>;

const askSchema = z.strictObject({
  prompt: template.min(1),
  form: z.record(checked, anything).optional(),
  approval: z.boolean().optional(),
  approvers: z.array(named).min(1).optional(),
  needed: z.int().min(1).max(100).optional(),
  not_starter: z.boolean().optional(),
  timeout: z.union([checked, z.number()]).optional(),
  on_timeout: anything.optional(),
});
type AskShape = z.infer<typeof askSchema>;

const onTimeoutSchema = z.strictObject({ answer: data });

export const askDefinition: KindDefinition<AskSpec, AskStep> = {
  ...PLAIN,
  schema,
  withoutEffect: {
    retry: 'a question is asked once; people may take their time',
    capability: 'people answer it, no worker does',
    idempotent: 'it changes nothing in the world',
    edits: 'its result is what people say, and they edit the plan themselves',
  },
  // The time of a question is its own: it counts while nobody works.
  timesItself: true,
  compile: compileAsk,
};

const APPROVAL: JsonObject = {
  type: 'object',
  required: ['approved'],
  properties: { approved: { type: 'boolean' }, comment: { type: 'string' } },
};
const TEXT: JsonObject = { type: 'string' };

/** The spec of a step; null after problems that leave none. A bare text is short for `{prompt: text}`. */
function compileAsk(step: AskStep, context: KindContext): AskSpec | null {
  const { path, problems, templates } = context;
  const at = [...path, 'ask'];
  const short = typeof step.ask === 'string';
  const shape = shaped(askSchema, short ? { prompt: step.ask } : step.ask, at, problems);
  if (shape === null) return null;
  const approval = isApproval(shape);
  const form = formOf(shape, approval, at, problems);
  const approvers = [...new Set(shape.approvers)];
  const needed = shape.needed ?? 1;
  checkNeeded(needed, approvers, at, problems);
  return {
    kind: 'ask',
    prompt: templates.node(shape.prompt, short ? at : [...at, 'prompt']),
    form: form ?? TEXT,
    approval,
    approvers,
    needed,
    notStarter: shape.not_starter ?? false,
    timeoutMs: timeoutOf(step, shape, path, problems),
    onTimeout: onTimeoutOf(step, shape, form, at, problems),
  };
}

/** Who asks certain people, or several, and wants no certain form, wants a yes or no. */
function isApproval({ approval, form, approvers, needed, not_starter }: AskShape): boolean {
  const asksForIt = approvers !== undefined || needed !== undefined || not_starter !== undefined;
  return approval ?? (form === undefined && asksForIt);
}

/** Null after problems. */
function formOf({ form }: AskShape, approval: boolean, path: Path, problems: Problems): JsonObject | null {
  const at = [...path, 'form'];
  if (form === undefined) return approval ? APPROVAL : TEXT;
  if (approval) {
    const message = 'An approval has a form of its own: {approved, comment}.';
    problems.error('ask_invalid', at, message, 'Leave out the form, or approval: true.', 'key');
  }
  return compileForm(form as JsonObject, at, problems);
}

function checkNeeded(needed: number, approvers: readonly string[], path: Path, problems: Problems): void {
  if (approvers.length === 0 || needed <= approvers.length) return;
  const message = `${needed} people must answer, and only ${approvers.length} may.`;
  problems.error('ask_invalid', [...path, 'needed'], message, 'Add approvers, or lower needed.');
}

/** `timeout` may stand in the question or beside it. */
function timeoutOf(step: AskStep, shape: AskShape, path: Path, problems: Problems): number | null {
  if (step.timeout !== undefined && shape.timeout !== undefined) {
    const message = '"timeout" of a question may stand inside of ask or beside it.';
    problems.error('field_duplicate', [...path, 'timeout'], message, 'Keep one of them.', 'key');
  }
  const beside = durationOr(step.timeout, null, [...path, 'timeout'], problems, 1);
  return durationOr(shape.timeout, beside, [...path, 'ask', 'timeout'], problems, 1);
}

function onTimeoutOf(
  step: AskStep,
  shape: AskShape,
  form: JsonObject | null,
  path: Path,
  problems: Problems,
): AskSpec['onTimeout'] {
  const at = [...path, 'on_timeout'];
  const value = shape.on_timeout;
  if (value === undefined) return { action: 'fail' };
  if (step.timeout === undefined && shape.timeout === undefined) {
    const message = '"on_timeout" says what happens after a timeout, and there is none.';
    problems.error('field_missing', at, message, 'Add timeout: DURATION.', 'key');
  }
  if (value === 'fail') return { action: 'fail' };
  if (typeof value !== 'object' || value === null) {
    problems.error(
      'field_value',
      at,
      '"on_timeout" must be fail or an answer.',
      'Write fail or {answer: VALUE}.',
    );
    return { action: 'fail' };
  }
  const given = shaped(onTimeoutSchema, value, at, problems);
  if (given === null) return { action: 'fail' };
  const answer = given.answer as Json;
  const misfits = form === null ? [] : faultsOf(form, answer);
  if (misfits.length > 0) {
    const message = `This answer does not fit the form: ${misfits.join('; ')}`;
    problems.error('ask_invalid', [...at, 'answer'], message, 'Give an answer that the form accepts.');
  }
  return { action: 'answer', value: answer };
}

function faultsOf(form: JsonObject, answer: Json): readonly string[] {
  const judged = judge(form, answer, { most: FORM_COST });
  if (judged.kind === 'judged') return linesOfMisfits(judged.misfits);
  return [judged.kind === 'unusable' ? judged.why : 'it is too long for what the form checks'];
}
