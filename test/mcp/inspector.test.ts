/** The inspector's command line, another's client, against both transports: it finds what is there, and hears refusals. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { builtProgram } from '../support/built-program.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { startServed, TRANSPORTS } from './clients.ts';

const run = promisify(execFile);
const inspector = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector-cli/package.json')),
  'build',
);
const baton = await startServed();
const home = temporaryHome();
const env = { PATH: process.env['PATH'], HOME: home, BATON_HOME: home, BATON_URL: baton.url };
const TARGETS = {
  http: [`${baton.url}/mcp`],
  stdio: [process.execPath, ...builtProgram('cli/main'), 'mcp'],
};

describe.each(TRANSPORTS)('over %s', (transport) => {
  const inspect = async (...args: string[]): Promise<unknown> => {
    // It looks for its own package beside the folder that it is started in.
    const options = { cwd: inspector, env };
    const { stdout } = await run(process.execPath, ['index.js', ...TARGETS[transport], ...args], options);
    return JSON.parse(stdout);
  };

  it('lists every tool, in a form that it takes', async () => {
    const { tools } = (await inspect('--method', 'tools/list')) as { readonly tools: readonly object[] };
    expect(tools).toMatchObject(TOOLS.map(({ name }) => ({ name, inputSchema: { type: 'object' } })));
  });

  it('calls a tool, with what it refuses', async () => {
    const called = ['--method', 'tools/call', '--tool-name', 'get_workflow', '--tool-arg'];
    expect(await inspect(...called, 'name=served')).toMatchObject({
      structuredContent: { name: 'served' },
    });
    expect(await inspect(...called, 'name=none')).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^workflow_not_found: /) }],
    });
  });

  it('reads a definition, and lists the prompts', async () => {
    const uri = 'baton://definitions/served';
    expect(await inspect('--method', 'resources/read', '--uri', uri)).toMatchObject({
      contents: [{ uri, text: expect.stringContaining('name: served') }],
    });
    const { prompts } = (await inspect('--method', 'prompts/list')) as {
      readonly prompts: readonly object[];
    };
    expect(prompts).toContainEqual(expect.objectContaining({ name: 'why_did_this_run_fail' }));
  });
});
