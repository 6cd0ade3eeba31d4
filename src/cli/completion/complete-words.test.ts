import { beforeAll, describe, expect, it } from 'vitest';
import { Command, Option } from 'commander';
import { completionsOf, type Known } from './complete-words.ts';
import { createProgram } from '../program.ts';

let program: Command;
beforeAll(async () => {
  program = await createProgram();
});

const named = (...values: string[]) => Promise.resolve(values.map((value) => ({ value, description: '' })));
const known: Known = {
  runs: () => named('review-1', 'review-2', 'other-1'),
  workflows: () => named('review', 'release'),
  steps: (runId) => named(`of-${runId}`, 'plan'),
  contexts: () => [{ value: 'prod', description: '' }],
};

async function complete(...words: string[]) {
  const { items, files } = await completionsOf(program, words, known);
  return { values: items.map(({ value }) => value), files };
}

describe('completions', () => {
  it('are commands at first', async () => {
    const { values, files } = await complete('wi');
    expect(values).toEqual(['withdraw']);
    expect(files).toBe(false);
    await expect(complete('')).resolves.toMatchObject({ values: expect.arrayContaining(['list', 'up']) });
  });

  it('are options of the command after a dash', async () => {
    await expect(complete('list', '--w')).resolves.toMatchObject({
      values: expect.arrayContaining(['--workflow']),
    });
    await expect(complete('down', '--workflow')).resolves.toEqual({ values: [], files: false });
  });

  it('are the choices of an option or argument that has some', async () => {
    await expect(complete('list', '-o', '')).resolves.toEqual({ values: ['text', 'json'], files: false });
    await expect(complete('completion', 'z')).resolves.toEqual({ values: ['zsh'], files: false });
  });

  it('are runs, their steps and workflows where these are meant', async () => {
    await expect(complete('status', 'rev')).resolves.toEqual({
      values: ['review-1', 'review-2'],
      files: false,
    });
    await expect(complete('logs', 'review-1', '')).resolves.toMatchObject({
      values: ['of-review-1', 'plan'],
    });
    await expect(complete('step', 'hold', 'review-1', 'p')).resolves.toMatchObject({ values: ['plan'] });
    await expect(complete('calls', 'review-1', '--step', 'p')).resolves.toMatchObject({ values: ['plan'] });
    await expect(complete('list', '--workflow', 're')).resolves.toMatchObject({
      values: ['review', 'release'],
    });
  });

  it('are contexts, and what stands behind one', async () => {
    await expect(complete('--context', 'p')).resolves.toMatchObject({ values: ['prod'] });
    await expect(complete('context', 'use', '')).resolves.toMatchObject({ values: ['prod'] });
    await expect(complete('--context', 'prod', 'wi')).resolves.toMatchObject({ values: ['withdraw'] });
    await expect(complete('--context', 'prod', 'list', '-o', '')).resolves.toMatchObject({
      values: ['text', 'json'],
    });
  });

  it('leave files to the shell where a file is meant', async () => {
    await expect(complete('validate', 'exa')).resolves.toEqual({ values: [], files: true });
    await expect(complete('run', 're')).resolves.toEqual({ values: ['review', 'release'], files: true });
    await expect(complete('run', 'x.yaml', '--input', '')).resolves.toEqual({ values: [], files: true });
  });

  it('do not take the value of an option for an argument', async () => {
    await expect(complete('transcript', '-o', 'json', 'review-2', '')).resolves.toMatchObject({
      values: ['of-review-2', 'plan'],
    });
  });

  it('are none for an unknown command, and for what is free', async () => {
    await expect(complete('frobnicate', '')).resolves.toEqual({ values: [], files: false });
    await expect(complete('list', '--limit', '')).resolves.toEqual({ values: [], files: false });
  });

  it('take the last argument for many where it is one of several', async () => {
    const many = new Command('baton');
    many.command('x').argument('<file...>').addOption(new Option('--a'));
    await expect(completionsOf(many, ['x', 'a', 'b', ''], known)).resolves.toEqual({
      items: [],
      files: true,
    });
  });
});
