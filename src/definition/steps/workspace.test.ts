import { describe, expect, test } from 'vitest';
import { errorsOf, planOf } from '../testing/compiled.ts';

/** The workspace stands in line 3. */
const within = (workspace: string, steps = '{ key: a, wait: 1s }'): string =>
  `name: w\nversion: '1'\n${workspace}\ninputs: { repo: string, branch: string }\nsteps:\n  - ${steps}\n`;

const use = (name: string) => ({ root: 'inputs', name, path: [] });

describe('the workspace', () => {
  test.each<[string, object | null]>([
    ['title: none', null],
    ['workspace: {}', { source: 'empty', uses: [] }],
    ['workspace: true', { source: 'empty', uses: [] }],
    ['workspace: ../repo', { source: 'git', url: '../repo', ref: null, uses: [] }],
    [
      'workspace: "{{ repo }}"',
      { source: 'git', url: { $expr: 'inputs.repo' }, ref: null, uses: [use('repo')] },
    ],
    [
      'workspace: { git: "https://example.com/{{ repo }}", ref: "{{ branch }}" }',
      {
        source: 'git',
        url: { $text: ['https://example.com/', { $expr: 'inputs.repo' }] },
        ref: { $expr: 'inputs.branch' },
        uses: [use('repo'), use('branch')],
      },
    ],
  ])('%s', (written, workspace) => {
    expect(planOf(within(written)).workspace).toEqual(workspace);
  });

  test('takes bare names for inputs where none are declared', () => {
    const plan = planOf(
      "name: w\nversion: '1'\nworkspace: '{{ repository }}'\nsteps: [{ key: a, wait: 1s }]",
    );
    expect(Object.keys(plan.inputs)).toEqual(['repository']);
  });

  test.each<[string, string, boolean]>([
    ['an agent with tools of files', '{ key: a, agent: code, prompt: x }', true],
    ['an agent without tools', '{ key: a, agent: code, prompt: x, tools: [] }', false],
    ['an agent with other tools', '{ key: a, agent: code, prompt: x, tools: [http_fetch] }', false],
    ['a command', '{ key: a, command: [ls] }', true],
    ['a call', '{ key: a, http: { url: "https://example.com" } }', false],
    ['a question', '{ key: a, ask: Why? }', false],
  ])('%s: is a step of it or not', (_, step, workspace) => {
    expect(planOf(within('workspace: {}', step)).steps[0]?.workspace).toBe(workspace);
    expect(planOf(within('title: t', step)).steps[0]?.workspace).toBe(false);
  });

  test.each([
    ['{ command: [server] }', true],
    ['{ url: "https://example.com" }', false],
  ])('an agent with the MCP server %s: %s', (server, workspace) => {
    const agents = `agents: { me: { mcp: { s: ${server} } } }`;
    const step = '{ key: a, agent: me, prompt: x }';
    expect(planOf(within(`workspace: {}\n${agents}`, step)).steps[0]?.workspace).toBe(workspace);
    expect(planOf(within(agents, step)).steps[0]?.workspace).toBe(false);
    const without = '{ key: a, agent: me, prompt: x, tools: [] }';
    expect(planOf(within(`workspace: {}\n${agents}`, without)).steps[0]?.workspace).toBe(false);
  });

  test('snapshots are kept for other workers if the definition says so', () => {
    const plan = (text: string) => planOf(within(`workspace: ${text}`)).workspace;
    expect(plan('{ snapshots: true }')).toEqual({ source: 'empty', uses: [], snapshots: true });
    expect(plan('{ git: x, snapshots: true }')).toMatchObject({ source: 'git', snapshots: true });
    // So it keeps the hash that it had before there was the field.
    expect(plan('{ snapshots: false }')).toEqual({ source: 'empty', uses: [] });
    expect(errorsOf(within('workspace: { snapshots: yes please }'))).toEqual(['3:25 field_type']);
  });

  test.each<[string, string, string[]]>([
    ['nothing', within('workspace:'), ['3:11 field_type']],
    ['false', within('workspace: false'), ['3:12 field_type']],
    ['a list', within('workspace: []'), ['3:12 field_type']],
    ['an empty text', within('workspace: ""'), ['3:12 field_value']],
    ['unknown field', within('workspace: { url: x }'), ['3:14 field_unknown']],
    ['ref of nothing', within('workspace: { ref: main }'), ['3:1 field_missing']],
    ['unknown input', within('workspace: "{{ repository }}"'), ['3:13 name_unknown']],
    ['step', within('workspace: { git: "x/{{ a.result }}" }'), ['3:22 name_misplaced']],
    ['run', within('workspace: { git: x, ref: "{{ run.id }}" }'), ['3:28 name_misplaced']],
    ['secret', within('workspace: "{{ secrets.token }}"'), ['3:13 name_misplaced']],
    ['option of git', within('workspace: --upload-pack=x'), ['3:12 field_value']],
    ['option of git for a ref', within('workspace: { git: x, ref: -b }'), ['3:27 field_value']],
    [
      'capability of a step of it',
      within('workspace: {}', '{ key: a, command: [ls], capability: gpu }'),
      ['6:42 workspace_capability'],
    ],
    [
      'capability of another step',
      within('workspace: {}', '{ key: a, agent: code, prompt: x, tools: [], capability: gpu }'),
      [],
    ],
  ])('errors: %s', (_, text, errors) => {
    expect(errorsOf(text)).toEqual(errors);
  });
});
