import { Agent } from 'undici';
import { describe, expect, test } from 'vitest';
import { createLauncher } from '../../activities/processes/launcher.ts';
import { readSecrets } from '../../activities/secrets.ts';
import { createToolbox } from '../../activities/tools/toolbox.ts';
import { readConfig } from '../../config.ts';
import { ASK_USER } from '../../protocol/agent.ts';
import { BUILT_IN_TOOLS, grants, serverOf } from './tools.ts';

test('definitions may name exactly the tools that workers have', () => {
  const config = { BATON_ALLOW_COMMANDS: true };
  const launcher = createLauncher(readConfig({}));
  const toolbox = createToolbox({ config, env: {}, secrets: readSecrets({}), agent: new Agent(), launcher });
  expect(BUILT_IN_TOOLS.toSorted()).toEqual([...toolbox.builtIn.keys(), ASK_USER].toSorted());
});

describe('tools of MCP servers', () => {
  test.each([
    ['mcp__files__read', 'files'],
    ['mcp__my-files_2__read__all', 'my-files_2'],
    ['mcp__files__*', 'files'],
    ['mcp__files', null],
    ['mcp__files__', null],
    ['read_file', null],
  ])('%s is of %s', (tool, server) => {
    expect(serverOf(tool)).toBe(server);
  });

  test.each([
    ['mcp__a__x', ['mcp__a__x'], true],
    ['mcp__a__x', ['mcp__a__*'], true],
    ['mcp__a__*', ['mcp__a__x'], true],
    ['mcp__a__x', ['mcp__b__*'], false],
    ['mcp__a__x', ['mcp__a__y'], false],
    ['read_file', ['mcp__a__*'], false],
  ])('%s among %j: %s', (tool, granted, is) => {
    expect(grants(granted)(tool)).toBe(is);
  });
});
