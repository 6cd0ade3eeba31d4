/** The fields of a step, with the types that its kind gives them; and what is wrong with them as fields. */
import type { Path } from '../../plan/json.ts';
import { meaningOf } from '../hints/foreign-words.ts';
import { closest } from '../hints/suggest.ts';
import type { KindDefinition } from '../kinds/kind.ts';
import type { StepKinds } from '../kinds/step-kinds.ts';
import { COMMON_FIELDS, type CommonShape } from '../fields/schema.ts';
import type { Problems } from '../text/problem.ts';
import { shaped } from '../fields/shape.ts';

export interface StepFields {
  /** null when it does not say. */
  readonly kind: string | null;
  /** Those of its kind too, which its kind knows. */
  readonly fields: CommonShape;
  readonly path: Path;
}

/** The fields of a step; null when it is no map of fields. What is wrong with them was noted. */
export function shapeStep(
  value: unknown,
  path: Path,
  kinds: StepKinds,
  problems: Problems,
): StepFields | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const unspaced = typeof value === 'string' && /^[\w-]+:\S/.test(value);
    const hint = unspaced
      ? `A space is missing after the colon: ${value.slice(0, 60).replace(':', ': ')}`
      : 'Write - key: … and the fields below it.';
    problems.error('field_type', path, 'A step must be a map of fields.', hint);
    return null;
  }
  const kind = kindOf(value, path, kinds, problems);
  const definition = kind === null ? undefined : kinds.byName[kind];
  const explain = (name: string): string | null => belonging(name, kind, kinds);
  const fields = shaped(definition?.schema ?? kinds.kindless, value, path, problems, { explain });
  if (fields === null) return null;
  if (kind !== null && definition !== undefined)
    noteWithoutEffect({ kind, ...definition }, fields, path, problems);
  return { kind, fields: fields as CommonShape, path };
}

/** Says of a field which kinds of steps it belongs to. */
function belonging(field: string, kind: string | null, kinds: StepKinds): string | null {
  const named = kinds.kindsWith(field);
  if (kind === null || named.length === 0) return null;
  return `It belongs to steps of kind ${named.join(' or ')}; this one is of kind ${kind}.`;
}

/** A field that does nothing would be believed to do something. */
function noteWithoutEffect(
  { kind, withoutEffect }: Pick<KindDefinition, 'withoutEffect'> & { readonly kind: string },
  fields: object,
  path: Path,
  problems: Problems,
): void {
  for (const [field, why] of Object.entries(withoutEffect)) {
    if (!Object.hasOwn(fields, field)) continue;
    const message = `"${field}" has no effect on a step of kind ${kind}: ${why}.`;
    problems.error('field_without_effect', [...path, field], message, 'Leave it out.', 'key');
  }
}

/** No kind at all, or a misspelt one: then the field that was meant is pointed at. */
function noteMissingKind(value: object, path: Path, kinds: StepKinds, problems: Problems): void {
  const { names } = kinds;
  const isMeant = (name: string): boolean =>
    !COMMON_FIELDS.has(name) &&
    kinds.kindsWith(name).length === 0 &&
    (closest(name, names) !== undefined ||
      names.includes(meaningOf(name, null, names, new Set(names))?.field ?? ''));
  // It is told as a field that is unknown.
  if (Object.keys(value).some(isMeant)) return;
  const hint = Object.hasOwn(value, 'prompt')
    ? 'A prompt belongs to an agent: add agent: NAME.'
    : `Add one of ${names.join(', ')}.`;
  problems.error('step_kind_missing', path, 'This step does not say what it does.', hint);
}

function kindOf(value: object, path: Path, kinds: StepKinds, problems: Problems): string | null {
  const found = Object.keys(value).filter((field) => kinds.names.includes(field));
  const [kind] = found;
  if (kind !== undefined && found.length === 1) return kind;
  if (kind === undefined) {
    noteMissingKind(value, path, kinds, problems);
    return null;
  }
  const message = `This step is of several kinds at once: ${found.join(', ')}.`;
  problems.error('step_kind_ambiguous', [...path, found[1] ?? kind], message, 'Make a step of each.', 'key');
  return null;
}
