import { CommanderError } from 'commander';
import { expect, it } from 'vitest';
import { inputsHelp, inputsText } from './inputs-help.ts';
import { createProgram } from '../program.ts';

const helpWanted = new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)');

it('tells inputs with type, need and description', () => {
  const text = inputsText({
    diff: { type: 'string', required: true, description: 'What changed' },
    depth: { type: 'integer', required: false, default: 1, description: null },
    note: { type: 'any', required: false, description: null },
  });
  expect(text.split('\n')).toEqual([
    '  INPUT  TYPE     NEEDED',
    '  diff   string   yes        What changed',
    '  depth  integer  default 1',
    '  note   any      no',
  ]);
  expect(inputsText({})).toBe('  none');
});

it('follows the help of run with a definition, wherever that stands, and nothing else', async () => {
  const program = await createProgram();
  const helpOf = (...words: string[]) => inputsHelp(program, words, helpWanted);
  const file = 'examples/code-review.yaml';
  await expect(helpOf('run', '-i', 'a=b', file, '--help')).resolves.toContain('git_diff');
  await expect(helpOf('run', '--help', file)).resolves.toContain(`Inputs of ${file}:`);
  await expect(helpOf('run', '--help')).resolves.toBeUndefined();
  await expect(helpOf('graph', file, '--help')).resolves.toBeUndefined();
  await expect(inputsHelp(program, ['run', file], new Error('other'))).resolves.toBeUndefined();
});
