import { describe, expect, it } from 'vitest';
import type { RunMessage } from '../../contract/message.ts';
import { messageLine, receiptLine, receiptText } from './message-text.ts';
import { messageOf, readerOf } from '../testing/told.ts';
import { plain } from '../terminal/style.ts';
import { widthOf } from '../terminal/text-width.ts';

const message = (changes: Partial<RunMessage> = {}): RunMessage =>
  messageOf({
    content: 'Reading file: package.json (812 bytes)',
    step: 'build',
    agent: 'code',
    created_at: '2026-11-21T03:04:05.678Z',
    ...changes,
  });
const said = (changes: Partial<RunMessage> = {}): RunMessage =>
  message({
    message_type: 'user',
    action_type: 'instruction',
    action_status: 'pending',
    author: 'ann',
    step: null,
    agent: null,
    content: 'Use JWT tokens',
    ...changes,
  });
const line = (one: RunMessage): string => messageLine(one, 'run-1', plain);

describe('a line of the thread', () => {
  it('names who speaks', () => {
    expect(line(message())).toBe('03:04:05  code/build  Reading file: package.json (812 bytes)');
    expect(line(message({ message_type: 'system', step: null, content: 'a\nb' }))).toBe(
      '03:04:05  baton  a\n          b',
    );
    expect(line(said({ action_type: 'comment', action_status: 'processed' }))).toBe(
      '03:04:05  ann  Use JWT tokens',
    );
  });

  it.each<[string, Partial<RunMessage>]>([
    ['[instruction] Use JWT tokens · pending', {}],
    [
      '[instruction to code, interrupt, replaces m1] Use JWT tokens · pending',
      { metadata: { target: 'code', delivery: 'interrupt', replaces: 'm1' } },
    ],
    ['[to code] Use JWT tokens', { action_type: 'comment', metadata: { target: 'code' } }],
    [
      '[pause, after_turn] lunch · processed',
      {
        action_type: 'pause',
        action_status: 'processed',
        content: 'lunch',
        metadata: { mode: 'after_turn' },
      },
    ],
    [
      '[hold of deploy] lunch · processed',
      {
        action_type: 'hold',
        action_status: 'processed',
        content: 'lunch',
        metadata: { target: 'deploy' },
      },
    ],
    [
      '[set_limits, max_turns 60, max_duration 2h] · processed',
      {
        action_type: 'set_limits',
        action_status: 'processed',
        content: null,
        metadata: { max_turns: 60, max_duration: '2h' },
      },
    ],
    ['[resume] · processed', { action_type: 'resume', action_status: 'processed', content: null }],
    [
      '[redirect, skip to build] Stop · processed\n          task: Build it\n          context: By noon',
      {
        action_type: 'redirect',
        action_status: 'processed',
        content: 'Stop',
        metadata: { task: 'Build it', skip_to: 'build', context: 'By noon' },
      },
    ],
    [
      '[redirect] Build it · processed',
      {
        action_type: 'redirect',
        action_status: 'processed',
        content: 'Build it',
        metadata: { task: 'Build it' },
      },
    ],
    [
      '[withdraw of m1] · processed',
      { action_type: 'withdraw', action_status: 'processed', content: null, metadata: { message: 'm1' } },
    ],
    [
      '[answer to ask] late · ignored (refused): it is closed',
      {
        action_type: 'answer',
        action_status: 'ignored',
        content: 'late',
        reason: 'it is closed',
        reason_code: 'refused',
        metadata: { question: 'ask' },
      },
    ],
  ])('says %s', (text, changes) => {
    expect(line(said(changes))).toBe(`03:04:05  ann  ${text}`);
  });

  it('shows an open question with its form and how to answer, a closed one with what became of it', () => {
    const form = {
      required: ['branch'],
      properties: { branch: { type: 'string' }, force: { type: 'boolean' } },
    };
    const asked = { question: 'ask', kind: 'ask', form };
    const open = message({ content: 'Asks: where?', metadata: { ...asked, status: 'open' } });
    expect(line(open).split('\n')).toEqual([
      '03:04:05  code/build  Asks: where?',
      '          takes: branch (string, required), force (boolean)',
      '          answer: baton answer run-1 ask -f branch=…',
    ]);
    const closed = message({ content: 'Asks: where?', metadata: { ...asked, status: 'answered' } });
    expect(line(closed)).toBe('03:04:05  code/build  Asks: where? · answered');
  });

  it.each([
    [{ form: null, call: { name: 'run_command' } }, 'ask --approve (or --reject)'],
    [{ form: { properties: { approved: { type: 'boolean' } } } }, 'ask --approve (or --reject)'],
    [{ form: null }, 'ask VALUE'],
    [{ form: { properties: { note: { type: 'string' } } } }, 'ask -f note=…'],
  ])('tells how %j is answered', (metadata, command) => {
    const asked = message({ metadata: { question: 'ask', status: 'open', ...metadata } });
    expect(line(asked)).toMatch(
      new RegExp(`answer: baton answer run-1 ${command.replace(/[()]/g, '\\$&')}$`),
    );
  });
});

it.each([80, 40])('a line fits %d columns, and says the rest below the text', (width) => {
  const content = `${'報告 '.repeat(30)}${'x'.repeat(100)}\nsecond`;
  const lines = messageLine(said({ content }), 'run-1', plain, width).split('\n');
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
  expect(lines.slice(1).every((one) => one.startsWith(' '.repeat(10)))).toBe(true);
});

describe('a receipt', () => {
  it.each<[string, Partial<RunMessage>]>([
    ['pending', {}],
    ['read by code in turn 3', { action_status: 'acknowledged', readers: [readerOf('code', 3)] }],
    [
      'read by code in turn 3, plan in turn 1',
      { action_status: 'acknowledged', readers: [readerOf('code', 3, 'processed'), readerOf('plan', 1)] },
    ],
    [
      'processed, read by coder/build in turn 2',
      { action_status: 'processed', readers: [{ ...readerOf('coder', 2, 'processed'), step: 'build' }] },
    ],
    [
      'ignored (target_gone): code has ended',
      { action_status: 'ignored', reason: 'code has ended', reason_code: 'target_gone' },
    ],
    ['ignored: no reason given', { action_status: 'ignored' }],
  ])('is "%s"', (text, changes) => {
    expect(receiptText(said(changes))).toBe(text);
  });

  it('that changes names the message in short', () => {
    const read = { action_status: 'acknowledged' as const, readers: [readerOf('code', 3)] };
    expect(receiptLine(said(read), plain)).toBe('03:05:00  ann  ↳ "Use JWT tokens" · read by code in turn 3');
    const done = said({ ...read, processed_at: '2026-11-21T03:06:00Z' });
    expect(receiptLine(done, plain)).toMatch(/^03:06:00/);
    const long = said({ ...read, content: `${'x'.repeat(80)}\nmore` });
    expect(receiptLine(long, plain)).toContain(`↳ "${'x'.repeat(59)}…" ·`);
    expect(receiptLine(said({ ...read, content: null }), plain)).toContain('↳ instruction ·');
  });
});
