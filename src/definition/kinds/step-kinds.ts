/** Kinds of steps together: which there are, and what of a step's fields tells them apart. */
import { z } from 'zod';
import { anything, common, COMMON_FIELDS } from '../fields/schema.ts';
import type { KindDefinition } from './kind.ts';

export interface StepKinds {
  readonly byName: Readonly<Record<string, KindDefinition>>;
  readonly names: readonly string[];
  /** For a step that does not say of which kind it is: what it has is looked at all the same. */
  readonly kindless: z.ZodObject;
  /** The kinds that a field belongs to, of those that not every step has. */
  kindsWith(field: string): readonly string[];
}

export function stepKindsOf(byName: Readonly<Record<string, KindDefinition>>): StepKinds {
  const names = Object.keys(byName);
  const fieldsOf = new Map(names.map((name) => [name, byName[name]?.schema.shape ?? {}]));
  return {
    byName,
    names,
    kindless: kindlessOf([...fieldsOf]),
    kindsWith: (field) =>
      COMMON_FIELDS.has(field) ? [] : names.filter((name) => Object.hasOwn(fieldsOf.get(name) ?? {}, field)),
  };
}

/** Of a kind that is one field nothing can be judged where another kind may be meant. */
function kindlessOf(kinds: readonly (readonly [name: string, fields: z.ZodRawShape])[]): z.ZodObject {
  const several = kinds.flatMap(([, fields]) => (own(fields).length > 1 ? [fields] : []));
  const single = kinds.flatMap(([name, fields]) =>
    own(fields).length > 1 ? [] : [[name, anything.optional()]],
  );
  const shapes = Object.assign({}, ...several) as z.ZodRawShape;
  return z.strictObject({
    ...common,
    ...z.object(shapes).partial().shape,
    key: common.key,
    ...(Object.fromEntries(single) as z.ZodRawShape),
  });
}

function own(fields: z.ZodRawShape): readonly string[] {
  return Object.keys(fields).filter((field) => !COMMON_FIELDS.has(field));
}
