import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_MESSAGE_CHARS } from '../../protocol/signals.ts';
import { CliError, EXIT } from '../exit.ts';
import { messageBody, type MessageWords } from './message-body.ts';
import { durationArgument, textArgument } from './text-argument.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-message-'));
  writeFileSync(join(folder, 'task.md'), 'Build it.\nThen test it.\n');
  writeFileSync(join(folder, 'image.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]));
  writeFileSync(join(folder, 'nul.txt'), 'a\0b');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const body = (words: Partial<MessageWords>) => messageBody({ i: [], ...words });

describe('the body of a message', () => {
  it.each<[Partial<MessageWords>, object]>([
    [{ text: 'hi' }, { action_type: 'comment', content: 'hi' }],
    [
      { text: 'hi', to: 'code' },
      { action_type: 'comment', content: 'hi', target: 'code' },
    ],
    [
      {
        text: 'Use JWT',
        instruction: true,
        to: 'code',
        interrupt: true,
        expires: '10m',
        replaces: 'm1',
        id: 'm2',
      },
      {
        action_type: 'instruction',
        content: 'Use JWT',
        target: 'code',
        delivery: 'interrupt',
        expires: '10m',
        replaces: 'm1',
        id: 'm2',
      },
    ],
    // Context is for agents.
    [
      { text: 'note', context: 'JWT' },
      { action_type: 'instruction', content: 'note', metadata: { additionalContext: 'JWT' } },
    ],
    [{ pause: true }, { action_type: 'pause' }],
    [
      { cancel: true, text: 'enough' },
      { action_type: 'cancel', content: 'enough' },
    ],
    [{ resume: true, text: '' }, { action_type: 'resume' }],
    [
      { resume: true, context: 'now with tests', to: 'plan' },
      { action_type: 'resume', target: 'plan', metadata: { additionalContext: 'now with tests' } },
    ],
    [
      { redirect: true, text: 'why', task: 'other', skipTo: 'build', context: 'more', i: ['n=2', 's=x'] },
      {
        action_type: 'redirect',
        content: 'why',
        metadata: {
          newTaskDescription: 'other',
          skipToAgent: 'build',
          additionalContext: 'more',
          inputs: { n: 2, s: 'x' },
        },
      },
    ],
    [
      { redirect: true, task: 'other' },
      { action_type: 'redirect', content: 'other', metadata: { newTaskDescription: 'other' } },
    ],
  ])('of %j', (words, expected) => {
    expect(body(words)).toEqual(expected);
  });

  it.each<[Partial<MessageWords>, RegExp]>([
    [{}, /a comment needs a text: baton message RUN "…"/],
    [{ text: ' \n' }, /a comment needs a text/],
    [{ instruction: true }, /an instruction needs a text/],
    [{ redirect: true }, /a redirect needs a text/],
    [{ text: 'x', pause: true, cancel: true }, /^--pause and --cancel: give one of them$/],
    [
      { text: 'x', interrupt: true },
      /^--interrupt has no meaning for a comment: it goes with --instruction$/,
    ],
    [
      { text: 'x', pause: true, to: 'code' },
      /--to has .*: it goes with --comment, --instruction or --resume/,
    ],
    [{ text: 'x', comment: true, context: 'y' }, /--context has no meaning for a comment/],
    [{ text: 'x', instruction: true, task: 'y' }, /--task .* goes with --redirect/],
    [{ text: 'x', i: ['a=1'] }, /^-i has no meaning for a comment/],
    [{ resume: true, to: 'code' }, /give --context too/],
    [{ text: 'x', instruction: true, expires: 'soon' }, /--expires soon: write a duration/],
  ])('is refused for %j', (words, message) => {
    expect(() => body(words)).toThrow(CliError);
    expect(() => body(words)).toThrow(message);
  });
});

describe('a text', () => {
  it('is itself, or that of a file', () => {
    expect(textArgument('a\n', 'x')).toBe('a\n');
    expect(textArgument('@@code', 'x')).toBe('@code');
    expect(textArgument(`@${join(folder, 'task.md')}`, 'x')).toBe('Build it.\nThen test it.');
  });

  it.each([
    ['@none.md', /cannot read none\.md: .*write @@ for a text that begins with @/],
    ['@image.png', /image\.png is no text in UTF-8/],
    ['@nul.txt', /nul\.txt is no text in UTF-8/],
    ['x'.repeat(MAX_MESSAGE_CHARS + 1), /^the text has 16385 characters; at most 16384 can be sent/],
  ])('is refused: %.20s', (argument, message) => {
    const named = argument.startsWith('@') ? `@${join(folder, argument.slice(1))}` : argument;
    const refused = (): string => textArgument(named, 'the text');
    expect(refused).toThrow(message.source.startsWith('cannot') ? /write @@/ : message);
    expect(refused).toThrow(expect.objectContaining({ exitCode: EXIT.usage }));
  });

  it('has durations among it', () => {
    expect([durationArgument('0', '--timeout'), durationArgument('1h30m', '--timeout')]).toEqual([
      0,
      '1h30m',
    ]);
    expect(() => durationArgument('5', '--timeout')).toThrow('--timeout 5: write a duration such as 30m');
  });
});
