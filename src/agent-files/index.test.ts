import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compile } from '../definition/index.ts';
import { readAgentFiles } from './index.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'baton-agents-'));
});
afterEach(() => rm(directory, { recursive: true }));

const put = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);
const naming = (agent: string): string =>
  `name: w\nversion: '1'\nsteps:\n  - { key: a, agent: ${agent}, prompt: x }`;

describe('readAgentFiles', () => {
  test('takes YAML and JSON, and nothing else', async () => {
    await put('poet.yaml', 'system: Rhyme.');
    await put('critic.json', '{"system": "Judge."}');
    await put('README.md', '# Agents');
    const files = await readAgentFiles(directory);
    expect(Object.keys(files).toSorted()).toEqual(['critic', 'poet']);
    expect(compile(naming('poet'), { agents: files })).toMatchObject({
      plan: { agents: { poet: { system: 'Rhyme.' } } },
    });
  });

  test('has none where there is no directory', async () => {
    expect(await readAgentFiles(join(directory, 'nothing'))).toEqual({});
  });

  test('says why a directory cannot be read', async () => {
    await put('poet.yaml', '');
    await expect(readAgentFiles(join(directory, 'poet.yaml'))).rejects.toMatchObject({
      code: 'agents_unreadable',
      message: expect.stringContaining('BATON_AGENTS') as string,
    });
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['two of one name', () => Promise.all([put('poet.json', '{}'), put('poet.yaml', '')]), 'Two files'],
    ['a file that is too large', () => put('poet.yaml', `system: ${'x'.repeat(300_000)}`), 'the limit is'],
    ['a directory', () => mkdir(join(directory, 'poet.yaml')), 'cannot be read'],
  ])('%s is an error of whoever names the agent', async (_, prepare, reason) => {
    await prepare();
    const agents = await readAgentFiles(directory);
    expect(compile(naming('code'), { agents })).toHaveProperty('plan');
    expect(compile(naming('poet'), { agents })).toMatchObject({
      errors: [
        {
          file: `${basename(directory)}/poet.yaml`,
          line: 1,
          column: 1,
          code: 'agent_file_invalid',
          message: expect.stringContaining(reason) as string,
        },
      ],
    });
  });
});
