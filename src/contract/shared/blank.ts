/** Values of which nothing is known yet, in the form of a schema. */
import type * as z from 'zod';

const BLANKS = [null, 0, false, [], {}] as const;

/**
 * Each member null where it may be, else 0, false or empty.
 *
 * @throws Error for a member that is none of these, such as an id: leave it out of the schema.
 */
export function blankOf<S extends z.ZodObject>(schema: S): z.output<S> {
  const members = Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, member]) => {
    const blank = BLANKS.find((value) => member.safeParse(value).success);
    if (blank === undefined) throw new Error(`nothing can stand for ${name}`);
    return [name, blank] as const;
  });
  return Object.fromEntries(members) as z.output<S>;
}
