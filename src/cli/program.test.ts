import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../config.ts';
import type { ToldRun } from './client/told-run.ts';
import { problemText } from './client/problem-text.ts';
import { modelText } from './shown/model-text.ts';
import { table, valueText } from './terminal/output.ts';
import { commandOf, createProgram } from './program.ts';
import { earlierRunsText } from './local/stack-text.ts';

let folder: string;
let out: string;
let err: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-program-'));
  out = err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
  vi.stubEnv('BATON_HOME', folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const baton = async (...args: string[]) =>
  (await createProgram(commandOf(args))).parseAsync(args, { from: 'user' });
const definition = (text: string): string => {
  writeFileSync(join(folder, 'a.yaml'), text);
  return join(folder, 'a.yaml');
};
const GOOD = 'name: w\nversion: 1.0.0\ninputs: { x: any }\nsteps:\n  - key: a\n    transform: x\n';

describe('baton', () => {
  it('has every command, each with -o json', async () => {
    const { commands } = await createProgram();
    expect(commands.map((command) => command.name())).toEqual(
      expect.arrayContaining(
        'up down run list status watch thread message withdraw redirect events causes state output pause resume cancel continue questions answer calls transcript publish workflows validate graph verify rebuild maintain migrate script version logs open rerun stats diff export completion mcp'.split(
          ' ',
        ),
      ),
    );
    // What these print is read by shells, and by programs that speak MCP.
    const others = ['completion', 'complete', 'mcp'];
    for (const command of commands.filter((one) => !others.includes(one.name()))) {
      expect(
        command.options.map((option) => option.long),
        command.name(),
      ).toContain('--output');
      expect(command.description(), command.name()).not.toBe('');
    }
  });

  it.each([
    [['frobnicate'], /unknown command/],
    [['run'], /missing required argument/],
    [['list', '--frob'], /unknown option/],
    [['list', '-o', 'xml'], /Allowed choices are text, json/],
    [['script', 'frob', 'a.yaml', 'run'], /Allowed choices are check/],
  ])('%j is wrong use', async (args, message) => {
    const error = await baton(...args).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommanderError);
    expect((error as CommanderError).exitCode).not.toBe(0);
    expect(err).toMatch(message);
  });

  it('tells its version as JSON', async () => {
    await baton('version', '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({ node: process.versions.node });
  });
});

describe('baton validate', () => {
  it('accepts a good definition', async () => {
    await baton('validate', definition(GOOD), '-o', 'json');
    expect(JSON.parse(out)).toEqual({ valid: true, errors: [], warnings: [] });
    expect(process.exitCode).toBeUndefined();
  });

  it('names each error as editors do, and ends with exit code 1', async () => {
    const file = definition(
      'name: w\nversion: 1.0.0\nsteps:\n  - key: a\n    transform: x\n    transfrom: x\n',
    );
    await baton('validate', file);
    expect(out).toMatch(/a\.yaml:6:5: error: .*transfrom.*\[\w+\]/);
    expect(process.exitCode).toBe(1);
  });
});

describe('baton graph', () => {
  it('draws a file without a stack', async () => {
    await baton('graph', definition(GOOD), '--mermaid');
    expect(out).toMatch(/^flowchart/);
  });

  it('refuses what is invalid', async () => {
    await expect(baton('graph', definition('name: w\n'))).rejects.toMatchObject({ exitCode: 1 });
  });
});

describe('baton maintain', () => {
  it.each([
    [['maintain'], /say what to do/],
    [['maintain', '--to', 'a', '--older-than', 'soon'], /--older-than soon: write a duration/],
    [['maintain', '--to', 'a', '--import', 'b'], /opposite/],
  ])('%j is wrong use', async (args, message) => {
    await expect(baton(...args)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });

  it('says where the database could come from', async () => {
    vi.stubEnv('DATABASE_URL', '');
    await expect(baton('maintain', '--report')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('DATABASE_URL'),
    });
  });
});

describe('texts', () => {
  it('aligns tables', () => {
    expect(
      table(
        ['A', 'LONG'],
        [
          ['xyz', '1'],
          ['', '2'],
        ],
      ),
    ).toBe('A    LONG\nxyz  1\n     2');
  });

  it('shows texts as they are and values as JSON', () => {
    expect([valueText('a\nb'), valueText({ a: 1 }), valueText(undefined)]).toEqual([
      'a\nb',
      '{\n  "a": 1\n}',
      'null',
    ]);
  });

  it('tells of earlier runs', () => {
    const runs = (...statuses: string[]) => statuses.map((status) => ({ status }) as ToldRun);
    expect(earlierRunsText([])).toBeUndefined();
    expect(earlierRunsText(runs('completed'))).toMatch(/^1 earlier run: /);
    expect(earlierRunsText(runs('completed', 'failed', 'paused'))).toMatch(
      /^3 earlier runs; 1 still open goes on/,
    );
    expect(earlierRunsText(runs('running', 'pending'))).toMatch(/^2 earlier runs; 2 still open go on/);
  });

  it('places a problem without a file', () => {
    const problem = {
      file: null,
      line: 2,
      column: 3,
      path: 'a',
      code: 'c',
      message: 'Bad.',
      hint: 'Better.',
    };
    expect(problemText(problem, 'warning')).toBe('2:3: warning: Bad. [c]\n    Better.');
  });

  it('says who answers', () => {
    const config = (env: Record<string, string>) =>
      readConfig({ BATON_SCRIPT: '/x/examples/demo.yaml', ...env });
    expect(modelText(config({}), {}, '/x')).toMatch(/answer from a recorded script: examples\/demo\.yaml/);
    expect(modelText(config({}), { ANTHROPIC_API_KEY: 'k' }, '/x')).toMatch(/played by anthropic\//);
    expect(modelText(config({ BATON_MODEL: 'openai/gpt-5.4' }), {}, '/x')).toMatch(
      /played by openai\/gpt-5\.4/,
    );
    expect(modelText(config({ BATON_MODEL: 'scripted/a' }), { OPENAI_API_KEY: 'k' }, '/x')).toMatch(
      /recorded script/,
    );
  });
});
