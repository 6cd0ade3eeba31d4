import { describe, expect, it } from 'vitest';
import type { ModelCall } from '../../contract/call.ts';
import { NO_CALLS, callOf } from '../testing/told.ts';
import { callsText } from './call-table.ts';
import { maintenanceText } from '../local/maintenance-text.ts';
import { formatBytes } from '../terminal/style.ts';
import { transcriptText } from './transcript-text.ts';
import { shownValue } from './whole-value.ts';

const call = (changes: Partial<ModelCall> = {}): ModelCall =>
  callOf({
    provider: 'openai',
    requested_model: 'gpt',
    model: 'gpt-1',
    input_tokens: 100,
    output_tokens: 20,
    cache_read_tokens: 40,
    cost_estimate: 1_500,
    first_token_ms: 120,
    duration_ms: 1_300,
    finish_reason: 'stop',
    ...changes,
  });

const TOTALS = {
  ...NO_CALLS,
  calls: 2,
  input_tokens: 100,
  output_tokens: 20,
  cache_read_tokens: 40,
  total_tokens: 120,
  cost_estimate: 1_500,
  unknown_costs: 1,
};

describe('calls', () => {
  it('stand in a table with their sums, what is unknown left empty', () => {
    const lost = call({
      turn: 2,
      status: 'lost',
      model: null,
      input_tokens: null,
      output_tokens: null,
      cache_read_tokens: null,
      cost_estimate: null,
      first_token_ms: null,
      duration_ms: null,
      finish_reason: null,
    });
    const lines = callsText([call(), lost], TOTALS).split('\n');
    expect(lines[1]).toMatch(
      /^code#1\/1 +completed +openai\/gpt-1 +100 +40 +20 +\$0\.0015 +120 ms +1\.3 s +stop$/,
    );
    expect(lines[2]).toMatch(/^code#1\/2 +lost +openai\/gpt +unknown$/);
    expect(lines[3]).toBe(
      '2 calls: 100 tokens in (40 cached), 20 out, 120 in all; $0.0015 and 1 call of unknown cost',
    );
  });

  it('say which figures are not as the vendor told them', () => {
    const lines = callsText([call({ usage_note: 'reasoning_added' })], TOTALS).split('\n');
    expect(lines[1]).toContain(' 20 * ');
    expect(lines.at(-1)).toBe('* reasoning_added: reasoning was told apart from output and is added to it');
  });

  it('say which answer was not paid for again', () => {
    expect(callsText([call({ replayed: true })], TOTALS)).toContain('completed (stored)');
    expect(callsText([], TOTALS)).toBe('no model was called');
  });

  it('say which summarised', () => {
    expect(callsText([call({ purpose: 'compaction' })], TOTALS)).toContain('completed (summary)');
  });
});

describe('a transcript', () => {
  it('shows what began it, what was said, the calls and what came back', () => {
    const created_at = '2026-11-21T03:04:05Z';
    const text = transcriptText([
      {
        role: 'setup',
        created_at,
        content: { agent: 'code', system: 'Be brief.', tools: [{ name: 'read_file' }] },
      },
      { role: 'user', created_at, content: { source: 'continue', by: 'ann', text: 'Go on.' } },
      {
        role: 'assistant',
        created_at,
        content: { model: 'gpt-1', text: '', calls: [{ name: 'read_file', input: { path: 'a' } }] },
      },
      {
        role: 'tool',
        created_at,
        content: { results: [{ name: 'read_file', output: { value: 'no such file' }, isError: true }] },
      },
    ]);
    expect(text.split('\n')).toEqual([
      '── 03:04:05 UTC agent code',
      'Be brief.',
      'tools: read_file',
      '',
      '── 03:04:05 UTC continue by ann',
      'Go on.',
      '',
      '── 03:04:05 UTC gpt-1',
      '→ read_file {"path":"a"}',
      '',
      '── 03:04:05 UTC tool',
      '← read_file (failed): no such file',
    ]);
  });
});

it('a summary is read where what it is of has ended', () => {
  const created_at = '2026-11-21T03:04:05Z';
  const said = (depth: number, text: string) => ({ role: 'assistant', depth, created_at, content: { text } });
  const summary = { text: 'so far', from: 2, to: 5 };
  const text = transcriptText([
    said(6, 'recent'),
    { role: 'summary', depth: 7, created_at, content: summary },
    said(8, 'later'),
  ]);
  expect(text.split('\n').filter((line) => line !== '')).toEqual([
    '── 03:04:05 UTC summary of entries 2 to 5 (--full shows them)',
    'so far',
    ...['── 03:04:05 UTC assistant', 'recent', '── 03:04:05 UTC assistant', 'later'],
  ]);
});

describe('what a tool has answered', () => {
  const ref = { $blob: 'abc', bytes: 2_000_000 };
  it.each([
    [{ value: 'all of it', ref }, 'all of it'],
    [{ ref, preview: 'the begin' }, 'the begin… [2000000 bytes: --full, or GET /api/v1/blobs/abc]'],
    [{ ref }, '(not stored any more; 2000000 bytes)'],
    ['as it is', 'as it is'],
  ])('%j is shown as a text', (output, text) => {
    expect(shownValue(output)).toBe(text);
  });
});

describe('maintenance', () => {
  it('says what it did, and what it would do', () => {
    const archived = { runs: ['a', 'b'], files: [{ file: 'f', runs: 3 }], moved: ['c'] };
    expect(maintenanceText({ dry_run: false, archived })).toBe(
      '2 runs archived into 1 file\n  c: moved meanwhile, so it stays; try again',
    );
    const pruned = { blobs: 1, bytes: 1_234, sessions: 0, idempotency_keys: 2 };
    expect(maintenanceText({ dry_run: true, pruned })).toBe(
      '1 blob (1.2 kB), 0 sessions and 2 idempotency keys would be removed',
    );
    const over = {
      ...{ run: 'a', workflow: 'w', version: '1.0.0', retention_ms: 30 * 86_400_000 },
      ended_at: new Date('2026-01-02T12:00:00Z'),
    };
    const retained = {
      runs: [over],
      kept: [{ ...over, run: 'b', forks: ['c'] }],
      moved: [],
      files: [],
      discarded: true,
    };
    expect(maintenanceText({ dry_run: true, retained })).toBe(
      '1 run would be discarded: longer ended than the definition keeps them\n' +
        '  a of w@1.0.0: ended 2026-01-02, kept for 30 d\n' +
        '  b: stays, for runs forked from it are here: c',
    );
    const many = { ...retained, runs: Array.from({ length: 22 }, () => over), kept: [], discarded: false };
    expect(maintenanceText({ dry_run: false, retained: many })).toMatch(
      /^22 runs archived: [^]*… and 2 more$/,
    );
    expect(maintenanceText({ dry_run: false, audit: { entries: 1 } })).toBe(
      '1 entry of the audit log removed',
    );
    const imported = [{ file: 'f', runs: ['a'], present: [], conflicts: [{ run: 'b', reason: 'x' }] }];
    expect(maintenanceText({ dry_run: false, imported })).toBe(
      'f: 1 run brought back, 0 here already\n  b: left as it is: x',
    );
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [3_400_000_000, '3.4 GB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
