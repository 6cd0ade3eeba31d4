/** What a step is to do, its templates filled in as a worker fills them in, by somebody who knows no secrets. */
import { writeJson } from '../plan/exact-json.ts';
import type { Json, JsonObject } from '../plan/json.ts';
import type { AnySpec } from '../plan/plan.ts';
import type { Scope, TemplateNode } from '../plan/template.ts';
import { render } from './evaluate.ts';
import { ExpressionError } from './expression-error.ts';
import { ACTIVITY_COST } from './meter.ts';

/** What the templates of a step come to, or why they come to nothing. */
export type Rendered = { readonly value: Json } | { readonly code: string; readonly message: string };

/** Secrets stand as `***`. @returns of a `transform` its value, of others all members of the spec but its kind */
export function renderSpec(
  { kind, ...spec }: AnySpec,
  scope: Omit<Scope, 'secrets'>,
  limit = ACTIVITY_COST,
): Rendered {
  const members = spec as unknown as JsonObject;
  const node = (kind === 'transform' ? members['value'] : members) as TemplateNode;
  const secrets = Object.fromEntries(secretsIn(writeJson(members)).map((name) => [name, '***']));
  try {
    return { value: render(node, { ...scope, secrets }, { limit }) };
  } catch (thrown) {
    const code = thrown instanceof ExpressionError ? thrown.code : 'expression_error';
    return { code, message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Nobody has secrets here: whatever is named stands for one. */
function secretsIn(text: string): string[] {
  const named = text.matchAll(/secrets(?:\.(\w+)|\[\\?["']([^"'\\]+))/g);
  return [...named].map(([, dotted, quoted]) => dotted ?? quoted ?? '');
}
