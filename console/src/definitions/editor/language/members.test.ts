/** The table of members knows what the compiler knows, no more and no less. */
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { KINDS as COMPILED } from '../../../../../src/definition/kinds/index.ts';
import {
  agentSchema,
  common,
  definitionSchema,
  editsSchema,
  fallbackSchema,
  inputSchema,
  limitsSchema,
  mcpSchema,
  retrySchema,
  workspaceSchema,
} from '../../../../../src/definition/fields/schema.ts';
import { compile } from '../../../../../src/definition/index.ts';
import { membersAt } from './members-at.ts';
import {
  AGENT,
  ASK,
  BUILT_IN_AGENTS,
  DEFINITION,
  EDITS,
  FALLBACK,
  FUNCTIONS,
  HTTP,
  NODE,
  INPUT,
  KINDS,
  LIMITS,
  MCP,
  RETRY,
  STATUS_FUNCTIONS,
  STEP,
  WORKSPACE,
  type Members,
} from './members.ts';

const SCHEMAS: readonly (readonly [name: string, members: Members, schema: z.ZodObject])[] = [
  ['definition', DEFINITION, definitionSchema],
  ['input', INPUT, inputSchema],
  ['agent', AGENT, agentSchema],
  ['mcp', MCP, mcpSchema],
  ['limits', LIMITS, limitsSchema],
  ['edits', EDITS, editsSchema],
  ['workspace', WORKSPACE, workspaceSchema],
  ['retry', RETRY, retrySchema],
  ['fallback', FALLBACK, fallbackSchema],
];

const sorted = (names: readonly string[]) => names.toSorted();

describe('the members that are offered', () => {
  it.each(SCHEMAS)('of %s are those of the schema', (_, members, schema) => {
    expect(sorted(Object.keys(members))).toEqual(sorted(Object.keys(schema.shape)));
  });

  it('of steps are those of all kinds', () => {
    expect(sorted(Object.keys(STEP))).toEqual(sorted(Object.keys(common)));
    expect(sorted(Object.keys(KINDS))).toEqual(sorted(COMPILED.names));
  });

  it.each(Object.entries(KINDS))('of a step of kind %s are those of its schema', (kind, members) => {
    const known = Object.keys(COMPILED.byName[kind]?.schema.shape ?? {});
    expect(sorted(Object.keys({ ...members, ...STEP }))).toEqual(sorted(known));
  });

  it.each(SCHEMAS)('of %s have the words that the schema takes', (_, members, schema) => {
    const parse = (name: string, value: unknown) =>
      (schema.shape[name] as z.ZodType | undefined)?.safeParse(value).success;
    for (const [name, { values = [] }] of Object.entries(members)) {
      const meant = values.map((value) => (value === 'true' ? true : value === 'false' ? false : value));
      for (const value of meant) expect(parse(name, value), `${name}: ${String(value)}`).toBe(true);
    }
  });
});

/** Whether a word is known shows when it is compiled. */
function codes(step: string): readonly string[] {
  const result = compile(`name: w\nversion: '1'\nsteps:\n  - key: a\n    ${step}\n`);
  return 'errors' in result ? result.errors.map(({ code }) => code) : [];
}

describe('what is not in schemas that are exported', () => {
  it.each(Object.keys(HTTP))('http takes %s', (name) => {
    expect(codes(`http: { ${name}: GET }`)).not.toContain('field_unknown');
  });

  it.each(Object.keys(NODE))('node takes %s', (name) => {
    expect(codes(`node: { ${name}: x }`)).not.toContain('field_unknown');
  });

  it.each(Object.keys(ASK))('ask takes %s', (name) => {
    expect(codes(`ask: { ${name}: x }`)).not.toContain('field_unknown');
  });

  it.each(BUILT_IN_AGENTS.map((name) => [name]))('agent %s is built in', (name) => {
    expect(codes(`agent: ${name}\n    prompt: p`)).toEqual([]);
  });

  it.each([...Object.keys(FUNCTIONS), ...Object.keys(STATUS_FUNCTIONS)])('%s() is a function', (name) => {
    expect(codes(`wait: 1s\n    when: ${name}(1, 2, 3)`)).not.toContain('function_unknown');
  });
});

describe('places', () => {
  it('of a step know its kind', () => {
    expect(membersAt(['steps', '*'], ['key', 'http'])).not.toHaveProperty('prompt');
    expect(membersAt(['steps', '*'], ['key', 'agent'])).toHaveProperty('prompt');
    expect(Object.keys(membersAt(['steps', '*'], []) ?? {}).slice(0, 3)).toEqual(['key', 'agent', 'ask']);
  });

  it('where names are the author’s have none', () => {
    expect(membersAt(['inputs'], [])).toBeUndefined();
    expect(membersAt(['agents', 'mine', 'mcp', 'server'], [])).toBe(MCP);
  });
});
