/**
 * Forms from JSON Schema: which fields a question has, what stands in them at first, and the answer that they make.
 * What a form cannot show as fields (unions, references, tuples) is one field for JSON. Pure.
 */

export interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly items?: FieldSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export type FieldKind = 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'list' | 'group' | 'json';

/** What is typed, before it is read: by path of the field. */
export type Typed = Readonly<Record<string, string | boolean>>;

export interface Reading {
  readonly value: unknown;
  /** By path; empty: it can be sent. */
  readonly faults: Readonly<Record<string, string>>;
}

export function kindOf(schema: FieldSchema): FieldKind {
  if (schema.enum !== undefined && schema.enum.every((one) => typeof one !== 'object' || one === null))
    return 'choice';
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'number':
    case 'integer':
    case 'boolean':
      return schema.type;
    case 'object':
      return schema.properties === undefined ? 'json' : 'group';
    case 'array':
      return schema.items !== undefined && ['text', 'number', 'integer'].includes(kindOf(schema.items))
        ? 'list'
        : 'json';
    default:
      return 'json';
  }
}

/** What stands in the fields at first. */
export function typedOf(schema: FieldSchema, path = ''): Typed {
  if (kindOf(schema) === 'group') {
    const parts = Object.entries(schema.properties ?? {}).map(([name, member]) =>
      typedOf(member, joined(path, name)),
    );
    return Object.assign({}, ...parts) as Typed;
  }
  const { default: normal } = schema;
  if (kindOf(schema) === 'boolean') return typeof normal === 'boolean' ? { [path]: normal } : {};
  if (normal === undefined) return {};
  if (kindOf(schema) === 'list' && Array.isArray(normal)) return { [path]: normal.join('\n') };
  return {
    [path]: typeof normal === 'string' && kindOf(schema) !== 'json' ? normal : JSON.stringify(normal),
  };
}

/** The answer that was typed, with what is wrong in it. */
export function readingOf(schema: FieldSchema, typed: Typed, isNeeded = true, path = ''): Reading {
  if (kindOf(schema) === 'group') return groupOf(schema, typed, isNeeded, path);
  const given = typed[path];
  const isMissing = given === undefined || given === '';
  if (isMissing) {
    // An empty text is an answer only where nothing forbids it.
    const isText = kindOf(schema) === 'text' && given === '' && isNeeded && (schema.minLength ?? 1) === 0;
    if (isText) return { value: '', faults: {} };
    return { value: undefined, faults: isNeeded ? { [path]: 'is needed' } : {} };
  }
  return typeof given === 'boolean' ? { value: given, faults: {} } : read(schema, given, path);
}

function groupOf(
  { properties = {}, required = [] }: FieldSchema,
  typed: Typed,
  isNeeded: boolean,
  path: string,
): Reading {
  const isTouched = Object.keys(typed).some((name) => path === '' || name.startsWith(`${path}.`));
  if (!isNeeded && !isTouched) return { value: undefined, faults: {} };
  const parts = Object.entries(properties).map(
    ([name, member]) =>
      [name, readingOf(member, typed, required.includes(name), joined(path, name))] as const,
  );
  const given = parts
    .filter(([, { value }]) => value !== undefined)
    .map(([name, { value }]) => [name, value] as const);
  return {
    value: Object.fromEntries(given),
    faults: Object.assign({}, ...parts.map(([, { faults }]) => faults)) as Reading['faults'],
  };
}

function read(schema: FieldSchema, text: string, path: string): Reading {
  const fault = (words: string): Reading => ({ value: undefined, faults: { [path]: words } });
  switch (kindOf(schema)) {
    case 'text':
      return bounded(text, text.length, schema.minLength, schema.maxLength, 'characters', path);
    case 'number':
    case 'integer':
      return numberOf(schema, text, path);
    case 'choice':
      return { value: schema.enum?.find((one) => String(one as string) === text), faults: {} };
    case 'list':
      return listOf(schema.items ?? {}, text, path);
    case 'json':
      try {
        return { value: JSON.parse(text) as unknown, faults: {} };
      } catch {
        return fault('is no JSON: a text needs quotation marks');
      }
    case 'boolean':
      return { value: text === 'true', faults: {} };
    case 'group':
      return fault('has fields of its own');
  }
}

function numberOf(schema: FieldSchema, text: string, path: string): Reading {
  const value = Number(text.trim());
  const isWhole = kindOf(schema) !== 'integer' || Number.isSafeInteger(value);
  if (text.trim() === '' || !Number.isFinite(value) || !isWhole) {
    return {
      value: undefined,
      faults: { [path]: kindOf(schema) === 'integer' ? 'must be a whole number' : 'must be a number' },
    };
  }
  return bounded(value, value, schema.minimum, schema.maximum, '', path);
}

function bounded(
  value: unknown,
  size: number,
  least: number | undefined,
  most: number | undefined,
  unit: string,
  path: string,
): Reading {
  const of = unit === '' ? '' : ` ${unit}`;
  if (least !== undefined && size < least)
    return { value: undefined, faults: { [path]: `must be at least ${least}${of}` } };
  if (most !== undefined && size > most)
    return { value: undefined, faults: { [path]: `must be at most ${most}${of}` } };
  return { value, faults: {} };
}

function listOf(items: FieldSchema, text: string, path: string): Reading {
  const parts = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => read(items, line, path));
  const wrong = parts.find(({ faults }) => Object.keys(faults).length > 0);
  return wrong === undefined
    ? { value: parts.map(({ value }) => value), faults: {} }
    : { value: undefined, faults: wrong.faults };
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
