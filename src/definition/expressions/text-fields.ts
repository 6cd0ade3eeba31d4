/**
 * Goes through the text fields of a schema. A field is a text when the schema says so, wherever it stands in lists,
 * maps and choices; what may be a number or true or false as well is none.
 */
import type { z } from 'zod';
import type { Path } from '../../plan/json.ts';

/** Says what becomes of a scalar in a text field; `field` is the schema that it stands under. */
export type Visit = (field: unknown, value: string | number | bigint | boolean, path: Path) => unknown;

/** The value with every scalar of its text fields replaced by what `visit` makes of it. Judges nothing. */
export function mapTexts(schema: z.core.$ZodType, value: unknown, path: Path, visit: Visit): unknown {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'optional':
    case 'nullable':
      return mapTexts(def.innerType, value, path, visit);
    case 'string':
      return isScalar(value) ? visit(schema, value, path) : value;
    case 'array':
      return Array.isArray(value)
        ? (value as unknown[]).map((one, at) => mapTexts(def.element, one, [...path, at], visit))
        : value;
    case 'record':
      return mapMembers(value, (name, member) => mapTexts(def.valueType, member, [...path, name], visit));
    case 'object':
      return mapMembers(value, (name, member) => {
        const field = Object.hasOwn(def.shape, name) ? def.shape[name] : undefined;
        return field === undefined ? member : mapTexts(field, member, [...path, name], visit);
      });
    case 'union': {
      const chosen = def.options.find((option) => takes(definitionOf(option).type, value, def.options));
      return chosen === undefined ? value : mapTexts(chosen, value, path, visit);
    }
    default:
      return value;
  }
}

/** What of zod's own description of a schema is looked at. */
type Definition =
  | { readonly type: 'optional' | 'nullable'; readonly innerType: z.core.$ZodType }
  | { readonly type: 'array'; readonly element: z.core.$ZodType }
  | { readonly type: 'record'; readonly valueType: z.core.$ZodType }
  | { readonly type: 'object'; readonly shape: Readonly<Record<string, z.core.$ZodType>> }
  | { readonly type: 'union'; readonly options: readonly z.core.$ZodType[] }
  | { readonly type: 'string' | 'number' | 'boolean' | 'unknown' };

const definitionOf = (schema: z.core.$ZodType): Definition => schema._zod.def as unknown as Definition;

/** Is this the choice for the value? Numbers are texts only where there is no choice for numbers. */
function takes(type: Definition['type'], value: unknown, options: readonly z.core.$ZodType[]): boolean {
  if (Array.isArray(value)) return type === 'array';
  if (!isScalar(value)) return type === 'record';
  if (type !== 'string') return false;
  return typeof value === 'string' || !options.some((option) => definitionOf(option).type === typeof value);
}

function isScalar(value: unknown): value is string | number | bigint | boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

function mapMembers(value: unknown, change: (name: string, member: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(name, member)]));
}
