import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../plan/json.ts';
import type { AgentSpec } from '../../plan/plan.ts';
import { compile, type CompileOptions } from '../compile.ts';
import { errorsOf, planOf, stepOf } from '../testing/compiled.ts';
import { ROSTER_NAMES } from './roster.ts';

/** Line 3 is `extra`; the step's fields stand from line 8. */
const naming = (agent: string, extra = 'title: t', fields = 'title: s'): string =>
  `name: w\nversion: '1'\n${extra}\nsteps:\n  - key: a\n    agent: ${agent}\n    prompt: x\n    ${fields}\n`;

function specOf(text: string, options?: CompileOptions): AgentSpec {
  const { spec } = stepOf(text, 'a', options);
  if (spec.kind !== 'agent') throw new Error(spec.kind);
  return spec;
}

const inline = (fields: string): string => `agents: { me: ${fields} }`;
const WORKSPACE = 'workspace: {}';
const both = (fields: string): string => `${WORKSPACE}\n${inline(fields)}`;

describe('the roster', () => {
  test.each(ROSTER_NAMES)('%s has a purpose and a system prompt', (name) => {
    const { agents } = planOf(naming(name));
    expect(agents).toMatchObject({ [name]: { mcp: {} } });
    expect(agents[name]?.purpose).toMatch(/^[A-Z].+[a-z]$/);
    expect(agents[name]?.system).toContain('You are');
  });

  test('has all that were asked for', () => {
    expect(ROSTER_NAMES).toEqual([
      ...['plan', 'code', 'test', 'review', 'docs', 'scaffold', 'backend', 'security', 'quality', 'product'],
    ]);
  });

  test('gets its tools where there are files to work on', () => {
    expect(specOf(naming('code')).tools).toEqual([]);
    expect(specOf(naming('code', WORKSPACE)).tools).toEqual([
      ...['read_file', 'list_files', 'search_files', 'write_file', 'edit_file', 'run_command'],
    ]);
    expect(specOf(naming('review', WORKSPACE)).tools).not.toContain('write_file');
    expect(specOf(naming('security', WORKSPACE)).tools).not.toContain('run_command');
  });

  test('is told of its directory only where it has one', () => {
    const system = (text: string): string => planOf(text).agents['code']?.system ?? '';
    expect(system(naming('code', WORKSPACE))).toContain('Paths are relative');
    expect(system(naming('code'))).toContain('You see only what was handed to you');
    expect(system(naming('code'))).not.toContain('Paths are relative');
  });

  test('does not reach for the network or for people by itself', () => {
    for (const name of ROSTER_NAMES) {
      const { tools } = specOf(naming(name, WORKSPACE));
      expect(tools.filter((tool) => tool === 'http_fetch' || tool === 'ask_user')).toEqual([]);
    }
  });
});

describe('what a step gets', () => {
  test('defaults', () => {
    expect(specOf(naming('code'))).toEqual({
      ...{ kind: 'agent', agent: 'code', prompt: 'x', models: [], outputSchema: null, temperature: null },
      ...{ maxOutputTokens: null, tools: [], approve: [] },
      limits: { maxTurns: 30, maxTokens: null, maxCostMicros: null, maxDurationMs: null, onLimit: 'fail' },
    });
  });

  test.each<[string, string, Partial<AgentSpec>]>([
    ['a model', '{ model: openai/a }', { models: ['openai/a'] }],
    [
      'fallback models',
      '{ model: openai/a, fallback_models: [google/b, openai/a] }',
      { models: ['openai/a', 'google/b'] },
    ],
    ['models', '{ models: [openai/a, google/b/c] }', { models: ['openai/a', 'google/b/c'] }],
    ['numbers', '{ temperature: 0, max_output_tokens: 9 }', { temperature: 0, maxOutputTokens: 9 }],
    ['tools', '{ tools: [http_fetch, ask_user, http_fetch] }', { tools: ['http_fetch', 'ask_user'] }],
    ['all to approve', '{ tools: [http_fetch], approve: true }', { approve: ['*'] }],
    ['all to approve, as a star', '{ tools: [http_fetch], approve: ["*"] }', { approve: ['*'] }],
    ['some to approve', '{ tools: [http_fetch], approve: [http_fetch] }', { approve: ['http_fetch'] }],
    [
      'a schema, without its draft',
      '{ output_schema: { $schema: "https://json-schema.org/draft/2020-12/schema", type: object } }',
      { outputSchema: { type: 'object' } },
    ],
    [
      'a schema in which data and names look like keywords',
      '{ output_schema: { const: { $ref: x, pattern: "[" }, properties: { pattern: { default: { $ref: y } } } } }',
      { outputSchema: expect.anything() as JsonObject },
    ],
    ['nothing', '', { models: [], tools: [] }],
  ])('from the definition: %s', (_, fields, spec) => {
    expect(specOf(naming('me', inline(fields)))).toMatchObject(spec);
  });

  test.each<[string, object]>([
    ['max_turns: 5', { maxTurns: 5 }],
    ['limits: { max_turns: 5, max_tokens: 9 }', { maxTurns: 5, maxTokens: 9 }],
    ['limits: { max_cost_usd: 0.1 }', { maxCostMicros: 100_000, maxTurns: 30 }],
    ['limits: { max_cost_usd: "2.25" }', { maxCostMicros: 2_250_000 }],
    ['limits: { max_cost_usd: 0.0000011 }', { maxCostMicros: 1 }],
    ['limits: { max_duration: 1h30m }', { maxDurationMs: 5_400_000 }],
    ['limits: { on_limit: ask }', { onLimit: 'ask' }],
  ])('%s', (fields, limits) => {
    expect(specOf(naming('code', 'title: t', fields)).limits).toMatchObject(limits);
  });

  test('a step covers the definition, this covers the file, this the roster', () => {
    const agents = {
      code: {
        file: 'agents/code.yaml',
        text: 'purpose: From the file\nmodel: openai/file\ntemperature: 1\nmax_turns: 3\nmax_output_tokens: 7',
      },
    };
    const extra = `${WORKSPACE}\nagents: { code: { model: openai/definition, max_output_tokens: 8, limits: { max_tokens: 5 } } }`;
    const text = naming('code', extra, 'max_output_tokens: 9');
    expect(specOf(text, { agents })).toMatchObject({
      ...{ models: ['openai/definition'], temperature: 1, maxOutputTokens: 9 },
      limits: { maxTurns: 3, maxTokens: 5 },
      tools: expect.arrayContaining(['write_file']) as string[],
    });
    const profile = planOf(text, { agents }).agents['code'];
    expect(profile).toMatchObject({ purpose: 'From the file' });
    expect(profile?.system).toContain('senior software engineer');
  });

  test('an agent that extends another has what it does not say itself', () => {
    const text = naming('me', both('{ extends: review, purpose: Mine, tools: [read_file] }'));
    expect(specOf(text).tools).toEqual(['read_file']);
    expect(planOf(text).agents['me']?.purpose).toBe('Mine');
    expect(planOf(text).agents['me']?.system).toContain('careful code reviewer');
  });

  test("an author's own system prompt is taken as it is", () => {
    expect(planOf(naming('me', inline('{ system: Rhyme. }'))).agents).toEqual({
      me: { purpose: 'Acts as me', system: 'Rhyme.', mcp: {} },
    });
  });

  test('inherited approvals hold as far as the tools go', () => {
    const extra = both('{ tools: [read_file, run_command], approve: [run_command] }');
    expect(specOf(naming('me', extra)).approve).toEqual(['run_command']);
    expect(specOf(naming('me', extra, 'tools: [read_file]')).approve).toEqual([]);
  });

  test('the plan keeps the agents that steps name, and warns of the others', () => {
    const result = compile(naming('code', inline('{ system: x }')));
    expect(result).toMatchObject({
      plan: { agents: { code: {} } },
      warnings: [{ code: 'agent_unused', line: 3 }],
    });
    expect('plan' in result && Object.keys(result.plan.agents)).toEqual(['code']);
  });
});

describe('MCP servers', () => {
  const SERVERS = `mcp: { files: { command: [npx, server], env: { TOKEN: "{{ secrets.token }}" } }, web: { url: "https://example.com/mcp", headers: { authorization: "Bearer {{ secrets.web }}" } } }`;

  test('are kept with templates over secrets', () => {
    expect(planOf(naming('me', inline(`{ ${SERVERS} }`))).agents['me']?.mcp).toEqual({
      files: { transport: 'stdio', argv: ['npx', 'server'], env: { TOKEN: { $expr: 'secrets.token' } } },
      web: {
        transport: 'http',
        url: 'https://example.com/mcp',
        headers: { authorization: { $text: ['Bearer ', { $expr: 'secrets.web' }] } },
      },
    });
  });

  test.each<[string, string, string[]]>([
    ['all tools of a server that no tool is named of', `{ ${SERVERS} }`, ['mcp__files__*', 'mcp__web__*']],
    [
      'those that are named',
      `{ ${SERVERS}, tools: [http_fetch, mcp__files__read] }`,
      ['http_fetch', 'mcp__files__read', 'mcp__web__*'],
    ],
    [
      'beside those of the agent that is extended',
      `{ extends: code, ${SERVERS} }`,
      ['mcp__files__*', 'mcp__web__*'],
    ],
  ])('grant %s', (_, fields, tools) => {
    expect(specOf(naming('me', inline(fields))).tools).toEqual(tools);
  });

  test('come on top of those of the agent that is extended', () => {
    const file = { file: 'agents/base.yaml', text: 'mcp: { one: { command: [a] }, two: { command: [b] } }' };
    const text = naming('me', inline('{ extends: base, mcp: { two: { command: [c] } } }'));
    expect(planOf(text, { agents: { base: file } }).agents['me']?.mcp).toMatchObject({
      one: { argv: ['a'] },
      two: { argv: ['c'] },
    });
    expect(specOf(text, { agents: { base: file } }).tools).toEqual(['mcp__one__*', 'mcp__two__*']);
  });

  test('a step that lists its tools gets no others', () => {
    expect(specOf(naming('me', inline(`{ ${SERVERS} }`), 'tools: [mcp__web__find]')).tools).toEqual([
      'mcp__web__find',
    ]);
  });

  test('approvals may name one tool of a server that is granted whole', () => {
    const fields = `{ ${SERVERS}, approve: [mcp__web__buy, "mcp__files__*"] }`;
    expect(specOf(naming('me', inline(fields))).approve).toEqual(['mcp__web__buy', 'mcp__files__*']);
  });
});

describe('errors', () => {
  const MCP = 'mcp: { s: { url: "https://example.com" } }';
  test.each<[string, string, string[]]>([
    ['unknown agent', naming('cod'), ['6:12 agent_unknown']],
    ['name of Object.prototype', naming('toString'), ['6:12 agent_unknown']],
    [
      'name of an agent',
      'name: w\nagents: { "a b": {} }\nsteps: [{ key: a, wait: 1s }]',
      ['2:11 agent_name_invalid'],
    ],
    ['agents as a list', naming('code', 'agents: [me]'), ['3:9 field_type']],
    ['agent as a text', naming('me', 'agents: { me: hello }'), ['3:15 field_type']],
    ['unknown field', naming('me', inline('{ sytem: x }')), ['3:17 field_unknown']],
    ['unknown base', naming('me', inline('{ extends: cod }')), ['3:26 agent_unknown']],
    [
      'base in the same definition',
      naming('me', 'agents: { me: { extends: you }, you: {} }'),
      ['3:26 agent_unknown'],
    ],
    ['model', naming('me', inline('{ model: gpt }')), ['3:24 model_invalid']],
    ['computed model', naming('me', inline('{ model: "{{ x }}/y" }')), ['3:24 model_invalid']],
    ['provider', naming('me', inline('{ models: [openai/a, opnai/b] }')), ['3:36 model_provider_unknown']],
    [
      'models and model',
      naming('me', inline('{ models: [openai/a], model: openai/b }')),
      ['3:37 field_duplicate'],
    ],
    ['no models', naming('me', inline('{ models: [] }')), ['3:25 field_value']],
    ['fallback of nothing', naming('me', inline('{ fallback_models: [openai/a] }')), ['6:12 model_missing']],
    [
      'fallback of nothing, in a step',
      naming('code', 'title: t', 'fallback_models: [openai/a]'),
      ['8:22 model_missing'],
    ],
    [
      'fallback of a step',
      naming('code', 'title: t', 'model: openai/a\n    fallback_models: [x]'),
      ['9:23 model_invalid'],
    ],
    ['unknown tool', naming('code', WORKSPACE, 'tools: [read_fil]'), ['8:13 tool_unknown']],
    ['tools as a text', naming('code', WORKSPACE, 'tools: read_file'), ['8:12 field_type']],
    [
      'tool of files without a workspace',
      naming('code', 'title: t', 'tools: [read_file]'),
      ['8:13 workspace_missing'],
    ],
    [
      'tool of files without a workspace, in the definition',
      naming('me', inline('{ tools: [http_fetch, run_command] }')),
      ['3:37 workspace_missing'],
    ],
    [
      'tool of an unknown server',
      naming('me', inline(`{ ${MCP}, tools: [mcp__t__x] }`)),
      ['3:69 tool_unknown'],
    ],
    [
      'tool of a server, malformed',
      naming('me', inline(`{ ${MCP}, tools: [mcp__s] }`)),
      ['3:69 tool_unknown'],
    ],
    [
      'approve of another tool',
      naming('code', WORKSPACE, 'approve: [http_fetch]'),
      ['8:15 tool_not_granted'],
    ],
    [
      'approve of a missing tool',
      naming('code', 'title: t', 'approve: [write_file]'),
      ['8:15 workspace_missing'],
    ],
    ['approve as a text', naming('code', WORKSPACE, 'approve: write_file'), ['8:14 field_type']],
    ['approve of a number', naming('code', WORKSPACE, 'approve: [7]'), ['8:15 tool_not_granted']],
    [
      'approve of what is no text and makes none',
      naming('code', WORKSPACE, 'approve: [{ toString: null }]'),
      ['8:15 tool_not_granted'],
    ],
    ['no turns', naming('code', 'title: t', 'max_turns: 0'), ['8:16 field_value']],
    [
      'turns twice',
      naming('code', 'title: t', 'max_turns: 1\n    limits: { max_turns: 2 }'),
      ['8:5 field_duplicate'],
    ],
    ['unknown limit', naming('code', 'title: t', 'limits: { max_turn: 1 }'), ['8:15 field_unknown']],
    ['limits as a number', naming('code', 'title: t', 'limits: 5'), ['8:13 field_type']],
    ['half a token', naming('code', 'title: t', 'limits: { max_tokens: 1.5 }'), ['8:27 field_type']],
    ['no money', naming('code', 'title: t', 'limits: { max_cost_usd: 0 }'), ['8:29 cost_invalid']],
    [
      'too little money',
      naming('code', 'title: t', 'limits: { max_cost_usd: 0.0000001 }'),
      ['8:29 cost_invalid'],
    ],
    [
      'money in words',
      naming('code', 'title: t', 'limits: { max_cost_usd: "1 dollar" }'),
      ['8:29 cost_invalid'],
    ],
    ['negative money', naming('code', 'title: t', 'limits: { max_cost_usd: "-1" }'), ['8:29 cost_invalid']],
    ['no time', naming('code', 'title: t', 'limits: { max_duration: 0s }'), ['8:29 duration_invalid']],
    ['on_limit', naming('code', 'title: t', 'limits: { on_limit: stop }'), ['8:25 field_value']],
    ['limits of a run', naming('code', 'limits: { max_cost_usd: x }'), ['3:25 cost_invalid']],
    [
      'limits of another kind of step',
      'name: w\nsteps:\n  - { key: a, wait: 1s, limits: { max_turns: 1 } }',
      ['3:25 field_unknown'],
    ],
    ['temperature', naming('me', inline('{ temperature: 3 }')), ['3:30 field_value']],
    ['server of no kind', naming('me', inline('{ mcp: { s: {} } }')), ['3:27 mcp_invalid']],
    [
      'server of two kinds',
      naming('me', inline('{ mcp: { s: { command: [x], url: "https://x" } } }')),
      ['3:27 mcp_invalid'],
    ],
    [
      'name of a server',
      naming('me', inline('{ mcp: { a__b: { url: "https://x" } } }')),
      ['3:24 mcp_invalid'],
    ],
    ['address of a server', naming('me', inline('{ mcp: { s: { url: "ftp://x" } } }')), ['3:34 mcp_invalid']],
    [
      'computed address',
      naming('me', inline('{ mcp: { s: { url: "https://{{ secrets.x }}" } } }')),
      ['3:34 mcp_invalid'],
    ],
    [
      'computed argument',
      naming('me', inline('{ mcp: { s: { command: [x, "{{ x }}"] } } }')),
      ['3:42 mcp_invalid'],
    ],
    [
      'headers of a command',
      naming('me', inline('{ mcp: { s: { command: [x], headers: {} } } }')),
      ['3:43 mcp_invalid'],
    ],
    [
      'env of a url',
      naming('me', inline('{ mcp: { s: { url: "https://x", env: {} } } }')),
      ['3:47 mcp_invalid'],
    ],
    [
      'input in env',
      naming(
        'me',
        `inputs: { n: string }\n${inline('{ mcp: { s: { command: [x], env: { A: "{{ n }}" } } } }')}`,
      ),
      ['4:54 name_misplaced'],
    ],
    [
      'step in headers',
      naming('me', inline('{ mcp: { s: { url: "https://x", headers: { A: "b {{ a.result }}" } } } }')),
      ['3:64 name_misplaced'],
    ],
    ['server as a text', naming('me', inline('{ mcp: { s: npx } }')), ['3:27 field_type']],
    ['schema', naming('code', 'title: t', 'output_schema: { type: objekt }'), ['8:28 schema_invalid']],
    [
      'schema, deep inside',
      naming(
        'code',
        'title: t',
        'output_schema: { properties: { a: { anyOf: [{ type: string }, { minimum: x }] } } }',
      ),
      ['8:78 schema_invalid'],
    ],
    ['schema, pattern', naming('me', inline('{ output_schema: { pattern: "[" } }')), ['3:43 schema_invalid']],
    [
      'schema, pattern that looks ahead',
      naming('me', inline('{ output_schema: { pattern: "(?!a)" } }')),
      ['3:43 schema_invalid'],
    ],
    [
      'schema, reference to nothing',
      naming('code', 'title: t', 'output_schema: { $ref: "#/$defs/a" }'),
      ['8:28 schema_invalid'],
    ],
    [
      'schema, reference elsewhere',
      naming('code', 'title: t', 'output_schema: { items: { $ref: "https://example.com/a.json" } }'),
      ['8:37 schema_invalid'],
    ],
    [
      'schema, draft',
      naming('code', 'title: t', 'output_schema: { $schema: "http://json-schema.org/draft-04/schema#" }'),
      ['8:31 schema_invalid'],
    ],
  ])('%s', (_, text, errors) => {
    expect(errorsOf(text)).toEqual(errors);
  });

  test.each([
    ['cod', 'Did you mean "code"?'],
    ['nobody', 'Known here: me, plan, code, test, review, docs, scaffold, backend, and 3 more.'],
  ])('suggest what was meant by %s', (agent, hint) => {
    const result = compile(naming(agent, inline('{}')));
    expect('errors' in result && result.errors[0]?.hint).toBe(hint);
  });

  test('suggest the tool and the server that were meant', () => {
    const text = naming(
      'me',
      inline('{ mcp: { github: { url: "https://x" } }, tools: [http_fech, mcp__gihub__x] }'),
    );
    const result = compile(text);
    expect('errors' in result && result.errors.map(({ hint }) => hint)).toEqual([
      'Did you mean "http_fetch"?',
      'Did you mean "github"?',
    ]);
  });
});

describe('agent files', () => {
  const files = (text: string, file = 'agents/poet.yaml') => ({ agents: { poet: { file, text } } });

  test('give agents that definitions name', () => {
    expect(planOf(naming('poet'), files('system: Rhyme.\npurpose: Writes poems')).agents).toEqual({
      poet: { system: 'Rhyme.', purpose: 'Writes poems', mcp: {} },
    });
    expect(planOf(naming('poet'), files('{"system": "Rhyme."}', 'agents/poet.json')).agents).toMatchObject({
      poet: { system: 'Rhyme.' },
    });
  });

  test('may be extended by the definition', () => {
    const options = files('system: Rhyme.\ntemperature: 2');
    expect(specOf(naming('me', inline('{ extends: poet }')), options).temperature).toBe(2);
  });

  test('change the hash when they change', () => {
    const hash = (text: string): string => planOf(naming('poet'), files(text)).hash;
    expect(hash('system: Rhyme.')).not.toBe(hash('system: Rhyme!'));
    expect(hash('system: Rhyme.')).toBe(hash('{ "system": "Rhyme." }'));
  });

  test.each<[string, string, string[]]>([
    ['syntax', 'system: [', ['agents/poet.yaml:1:10 yaml_syntax']],
    ['no map', 'just a text', ['agents/poet.yaml:1:1 field_type']],
    ['unknown field', 'system: x\ntols: []', ['agents/poet.yaml:2:1 field_unknown']],
    ['unknown tool', 'tools:\n  - http_fetch\n  - nothing', ['agents/poet.yaml:3:5 tool_unknown']],
    ['unknown base', 'extends: nobody', ['agents/poet.yaml:1:10 agent_unknown']],
    ['model', 'model: x', ['agents/poet.yaml:1:8 model_invalid']],
    ['schema', 'output_schema: { type: x }', ['agents/poet.yaml:1:24 schema_invalid']],
    [
      'secret',
      'mcp: { s: { command: [x], env: { A: "{{ run.id }}" } } }',
      ['agents/poet.yaml:1:38 name_misplaced'],
    ],
  ])('with errors: %s', (_, text, errors) => {
    expect(errorsOf(naming('poet'), files(text))).toEqual(errors);
  });

  test('that nobody names are not looked at', () => {
    expect(errorsOf(naming('code'), files('system: ['))).toEqual([]);
  });

  test('with tools of files need a definition with a workspace', () => {
    const options = files('tools: [read_file]\napprove: [read_file]');
    expect(errorsOf(naming('poet'), options)).toEqual(['6:12 workspace_missing']);
    expect(specOf(naming('poet', WORKSPACE), options)).toMatchObject({
      ...{ tools: ['read_file'], approve: ['read_file'] },
    });
    expect(specOf(naming('poet', 'title: t', 'tools: [http_fetch]'), options).approve).toEqual([]);
  });
});
