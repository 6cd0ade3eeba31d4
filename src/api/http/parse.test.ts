import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parse } from './parse.ts';

const schema = z.strictObject({ name: z.string(), count: z.number().int() });

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

describe('parse', () => {
  it('tells everything that is wrong at once, each with its path', () => {
    expect(() => parse(schema, { name: 1, count: 1.5, extra: true }, 'body')).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        details: [
          expect.objectContaining({ path: 'body.name', code: 'invalid_type' }),
          expect.objectContaining({ path: 'body.count' }),
          expect.objectContaining({ path: 'body', code: 'unrecognized_keys' }),
        ],
      }),
    );
  });

  it('refuses depth before anything recursive sees it', () => {
    expect(parse(z.unknown(), nested(100), 'body')).toBeDefined();
    expect(() => parse(z.unknown(), nested(101), 'body')).toThrow(/deeper than 100/);
    expect(() => parse(z.unknown(), nested(200_000), 'body')).toThrow(/deeper than 100/);
  });
});
