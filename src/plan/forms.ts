/**
 * Forms of what plans, envelopes and carried states are made of, and what is wrong with a value that does not have its
 * form. Template nodes and schemas may be any JSON: they are judged where they are used.
 */
import * as v from 'valibot';
import type { Json, JsonObject, Path } from './json.ts';
import type { Condition, Limits } from './plan.ts';
import type { Template, TemplateNode, Use } from './template.ts';

/** A schema whose values are exactly `T`: the compiler keeps both alike. */
export type Form<T> = v.GenericSchema<unknown, T>;

export const json: Form<Json> = v.custom<Json>((value) => value !== undefined);
export const jsonObject: Form<JsonObject> = v.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'a map was expected',
);
export const text = v.string();
export const textOrNull = v.nullable(text);
export const flag = v.boolean();
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const countOrNull = v.nullable(count);
export const texts = v.array(text);
export const path: Form<Path> = v.array(v.union([text, v.number()]));

export const node = v.custom<TemplateNode>((value) => value !== undefined);
export const nodes = v.record(text, node);
export const nodeOrNull = v.nullable(node);

/**
 * One of several forms of maps, told by a literal that each has under the same name. Valibot's own variant tries each
 * in turn, which is half of what looking at a plan costs; it still says what is wrong where none is meant.
 */
export function oneOf<const K extends string, const O extends v.VariantOptions<K>>(
  name: K,
  forms: O,
): Form<v.InferOutput<v.VariantSchema<K, O, undefined>>> {
  const each = v.variant(name, forms);
  const byLiteral = new Map<unknown, typeof each>();
  for (const form of forms as unknown as readonly MapForm<K>[]) {
    byLiteral.set(form.entries[name].literal, form as unknown as typeof each);
  }
  return v.lazy((value) => byLiteral.get(memberOf(value, name)) ?? each);
}

interface MapForm<K extends string> {
  readonly entries: Readonly<Record<K, { readonly literal: unknown }>>;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

const use: Form<Use> = oneOf('root', [
  v.object({ root: v.literal('inputs'), name: text, path }),
  v.object({ root: v.literal('steps'), name: text, field: v.picklist(['result', 'status', 'error']), path }),
]);
export const uses: Form<Template['uses']> = v.array(use);
export const template: Form<Template> = v.object({ node, uses });
export const expression = { source: text, uses };
export const condition: Form<Condition> = v.object({ ...expression, statusAware: flag });

const onLimit = v.picklist(['fail', 'ask']);
export const limits: Form<Limits> = v.object({
  maxTurns: countOrNull,
  maxTokens: countOrNull,
  maxCostMicros: countOrNull,
  maxDurationMs: countOrNull,
  onLimit,
});

/** Where a value leaves the form, and why; null when it fits. */
export function formFault(form: v.GenericSchema, value: unknown): string | null {
  const { success, issues } = v.safeParse(form, value, { abortEarly: true, abortPipeEarly: true });
  if (success) return null;
  const [issue] = issues;
  return `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`;
}
