import * as z from 'zod';
import { expect, it } from 'vitest';
import { blankOf } from './blank.ts';
import { Waiting } from '../run.ts';

it('each member is null where it may be, else 0, false or empty', () => {
  const schema = z.object({
    maybe: z.number().nullable(),
    count: z.number(),
    on: z.boolean(),
    list: z.array(z.string()),
    map: z.record(z.string(), z.string()),
    some: z.object({ one: z.string().optional() }),
  });
  const blank = { maybe: null, count: 0, on: false, list: [], map: {}, some: {} };
  expect(blankOf(schema)).toStrictEqual(blank);
});

it('what is nobody’s yet still fits its schema', () => {
  const schema = Waiting.omit({ kind: true });
  expect(schema.parse(blankOf(schema))).toEqual(blankOf(schema));
});

it('a member that nothing can stand for is told', () => {
  expect(() => blankOf(Waiting)).toThrow('nothing can stand for kind');
});
