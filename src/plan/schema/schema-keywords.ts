/** The keywords of JSON Schema draft 7: what stands under each, where other schemas are, and what references mean. */
import { valueAt, type Json, type JsonObject, type Path } from '../json.ts';

/** What a keyword holds. `any` is data, in which nothing is a keyword. */
type Holds =
  | 'schema'
  | 'schemas'
  | 'schema_or_schemas'
  | 'schema_map'
  | 'dependencies'
  | 'type'
  | 'text'
  | 'texts'
  | 'pattern'
  | 'number'
  | 'count'
  | 'flag'
  | 'list'
  | 'any';

const KEYWORDS: ReadonlyMap<string, Holds> = new Map<string, Holds>([
  ...names('schema', 'not if then else contains propertyNames additionalItems additionalProperties'),
  ...names('schemas', 'allOf anyOf oneOf prefixItems'),
  ...names('schema_or_schemas', 'items'),
  ...names('schema_map', 'properties patternProperties $defs definitions dependentSchemas'),
  ...names('dependencies', 'dependencies'),
  ...names('type', 'type'),
  ...names('text', '$ref format title description'),
  ...names('texts', 'required'),
  ...names('pattern', 'pattern'),
  ...names('number', 'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'),
  ...names('count', 'minLength maxLength minItems maxItems minProperties maxProperties'),
  ...names('flag', 'uniqueItems'),
  ...names('list', 'enum'),
  ...names('any', 'const default examples'),
]);

function names(holds: Holds, list: string): readonly (readonly [string, Holds])[] {
  return list.split(' ').map((name) => [name, holds] as const);
}

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

const isType = (value: Json): boolean => typeof value === 'string' && TYPES.includes(value);

/** A schema inside of another, with its place. */
interface Inner {
  readonly schema: Json;
  readonly at: Path;
}

/** The schemas right below this one. */
export function innerSchemas(schema: JsonObject): readonly Inner[] {
  return Object.entries(schema).flatMap(([name, value]): readonly Inner[] => {
    switch (KEYWORDS.get(name)) {
      case 'schema':
        return [{ schema: value, at: [name] }];
      case 'schemas':
      case 'schema_or_schemas':
        return isList(value)
          ? value.map((one, i) => ({ schema: one, at: [name, i] }))
          : [{ schema: value, at: [name] }];
      case 'schema_map':
        return membersOf(name, value);
      case 'dependencies':
        return membersOf(name, value).filter(({ schema: one }) => !isList(one));
      default:
        return [];
    }
  });
}

/** Under these nothing is a schema, also for who refers to it. */
const DATA: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'dependentRequired']);

/** The schema with each map below it replaced that is a schema, or could be referred to as one. */
export function mapInner(schema: JsonObject, replace: (inner: Json) => Json): JsonObject {
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      DATA.has(name) ? value : replacedIn(KEYWORDS.get(name), value, replace),
    ]),
  );
}

function replacedIn(holds: Holds | undefined, value: Json, replace: (inner: Json) => Json): Json {
  switch (holds) {
    case 'schema':
      return replace(value);
    case 'schemas':
    case 'schema_or_schemas':
      return isList(value) ? value.map(replace) : replace(value);
    case 'schema_map':
    case 'dependencies':
      if (!isMap(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, one]) => [key, isList(one) ? one : replace(one)]),
      );
    default:
      return isMap(value) ? replace(value) : value;
  }
}

function membersOf(name: string, value: Json): readonly Inner[] {
  return isMap(value) ? Object.entries(value).map(([key, one]) => ({ schema: one, at: [name, key] })) : [];
}

/** What is wrong with the values of a schema's own keywords; unknown keywords are left alone. */
export function keywordFaults(
  schema: JsonObject,
): readonly { readonly at: Path; readonly message: string }[] {
  return Object.entries(schema).flatMap(([name, value]) => {
    const holds = KEYWORDS.get(name);
    const wanted = holds === undefined ? null : wantedBy(holds, value);
    return wanted === null ? [] : [{ at: [name], message: `"${name}" must be ${wanted}.` }];
  });
}

/** What should stand there, or null when it does. Schemas further down speak for themselves. */
function wantedBy(holds: Holds, value: Json): string | null {
  const ok = (fits: boolean, wanted: string) => (fits ? null : wanted);
  switch (holds) {
    case 'schema':
    case 'any':
      return null;
    case 'schema_or_schemas':
      return ok(isSchema(value) || isList(value), 'a schema or a list of schemas');
    case 'schemas':
      return ok(isList(value) && value.length > 0, 'a list of schemas');
    case 'schema_map':
    case 'dependencies':
      return ok(isMap(value), 'a map of schemas');
    case 'type':
      return ok(
        isList(value) ? value.length > 0 && value.every(isType) : isType(value),
        `one of ${TYPES.join(', ')}, or a list of them`,
      );
    case 'text':
    case 'pattern':
      return ok(typeof value === 'string', 'a text');
    case 'texts':
      return ok(isList(value) && value.every((one) => typeof one === 'string'), 'a list of texts');
    case 'number':
      return ok(typeof value === 'number' || typeof value === 'bigint', 'a number');
    case 'count':
      return ok(Number.isInteger(value) && Number(value) >= 0, 'a whole number from 0');
    case 'flag':
      return ok(typeof value === 'boolean', 'true or false');
    case 'list':
      return ok(isList(value) && value.length > 0, 'a list of values');
  }
}

export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isSchema(value: Json | undefined): value is JsonObject | boolean {
  return typeof value === 'boolean' || isMap(value);
}

/** The part of a schema that a reference means; undefined when there is none. */
export function targetOf(whole: JsonObject, ref: string): Json | undefined {
  if (ref === '#') return whole;
  if (!ref.startsWith('#/')) return undefined;
  const path = ref
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return path.some((part) => part.includes('%')) ? undefined : valueAt(whole, path);
}

const DEFINITIONS: ReadonlySet<string | number> = new Set(['$defs', 'definitions']);
const OF_THE_VALUE: ReadonlySet<string | number> = new Set([
  ...['not', 'if', 'then', 'else', 'allOf', 'anyOf', 'oneOf', 'dependencies', 'dependentSchemas'],
]);

/**
 * The values that an inner schema may be applied to. What a form costs is counted over them, in recorded runs of every
 * version.
 *
 * @param path of the inner schema within its outer one, from its keyword on
 */
export function appliedTo([keyword = '', name]: readonly (string | number)[], value: Json): readonly Json[] {
  if (DEFINITIONS.has(keyword)) return [];
  if (OF_THE_VALUE.has(keyword)) return [value];
  if (isList(value)) return value;
  if (!isMap(value)) return [];
  if (keyword === 'propertyNames') return Object.keys(value);
  if (keyword !== 'properties') return Object.values(value);
  const member = Object.hasOwn(value, String(name)) ? value[String(name)] : undefined;
  return member === undefined ? [] : [member];
}
