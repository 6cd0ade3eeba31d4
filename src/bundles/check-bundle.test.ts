/** A bundle that was changed by a machine, or made by somebody who means harm and signs what he has made. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cases } from '../../test/support/cases.ts';
import { ROWS_VERSION } from '../tables/rows-version.ts';
import { checkBundle } from './check-bundle.ts';
import {
  bundleFile,
  bundleText,
  HISTORIES,
  recordedRun,
  testKey,
  type TestRow,
} from './testing/recorded-bundle.ts';

const { run, rows } = recordedRun('v2-command.json');
let text: string;
let lines: readonly string[];
beforeAll(async () => {
  text = await bundleText(run, rows);
  lines = text.trimEnd().split('\n');
});

/** What is wrong with it, in short. */
async function faultsOf(content: string | Uint8Array): Promise<readonly string[]> {
  const { ok, faults } = await checkBundle(bundleFile(content));
  expect(ok).toBe(faults.length === 0);
  return faults.map(({ code, line }) => (line === null ? code : `${code} ${line}`));
}

/** The same of rows that somebody has changed and signed anew. */
const faultsOfRows = async (changed: readonly TestRow[]) => faultsOf(await bundleText(run, changed));
const withLines = (changed: readonly string[]) => `${changed.join('\n')}\n`;

describe('the bundle of a recorded run', () => {
  const recorded = readdirSync(HISTORIES).filter(
    // A history that is not its run's first tells of no whole run.
    (name) => /^v\d.*(?<!\.\d)\.json$/.test(name) && statSync(new URL(name, HISTORIES)).size < 300_000,
  );

  test.each(recorded)('%s is whole, and its rows are what its events say', async (file) => {
    const one = recordedRun(file);
    const report = await checkBundle(bundleFile(await bundleText(one.run, one.rows)));
    expect(report.faults).toEqual([]);
    expect(report).toMatchObject({ run_id: one.run, compared: true, ok: report.diverged === null });
  });

  test('tells who signed it, and whether that was asked for', async () => {
    const file = bundleFile(text);
    const { fingerprint } = testKey();
    expect((await checkBundle(file)).key).toEqual({ fingerprint, pinned: false });
    expect((await checkBundle(file, { fingerprint })).key).toEqual({ fingerprint, pinned: true });
    const other = await checkBundle(file, testKey('2'));
    expect(other).toMatchObject({ ok: false, key: { pinned: false }, faults: [{ code: 'key_wrong' }] });
  });
});

describe('what was changed on the way', () => {
  test('one byte of the file, whichever: it is told, or the file says the same', async () => {
    const packed = gzipSync(text, { level: 1 });
    // The head of gzip, before these, tells of a time and a system, which nobody reads.
    const first = 10;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: first, max: packed.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, bits) => {
          const changed = Buffer.from(packed);
          changed[at] = changed[at]! ^ bits;
          // The last bits of the packed text may mean nothing.
          const isTold = (await faultsOf(changed)).length > 0;
          expect(isTold || gunzipSync(changed).toString() === text).toBe(true);
        },
      ),
      cases(100),
    );
  });

  test('one letter of the text, whichever: the line is told', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.constantFrom('0', 'x', '"', '}', ' ', '\\'),
        async (at, put) => {
          fc.pre(text[at] !== put && text[at] !== '\n');
          const line = text.slice(0, at).split('\n').length;
          const faults = await faultsOf(text.slice(0, at) + put + text.slice(at + 1));
          expect(faults.join()).toMatch(
            new RegExp(
              `\\b(line_changed|line_invalid|bundle_unreadable|signature_wrong) ${line}\\b|signature_missing`,
            ),
          );
        },
      ),
      cases(100),
    );
  });

  test('cut anywhere, packed or not', async () => {
    const packed = gzipSync(text);
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.nat(lines.length - 1), async (bytes, whole) => {
        expect(await faultsOf(packed.subarray(0, bytes))).not.toEqual([]);
        expect(await faultsOf(withLines(lines.slice(0, whole)))).not.toEqual([]);
      }),
      cases(30),
    );
  });

  test('an event is named, and nothing else is told', async () => {
    const at = lines.findIndex((line) => line.includes('"event_type":"ACTIVITY_TASK_COMPLETED"'));
    const changed = lines.with(at, lines[at]!.replace('ACTIVITY_TASK_COMPLETED', 'ACTIVITY_TASK_FAILED'));
    const { faults } = await checkBundle(bundleFile(withLines(changed)));
    expect(faults).toEqual([
      expect.objectContaining({
        code: 'line_changed',
        line: at + 1,
        where: expect.stringMatching(/^history_events .*\/\d+$/),
      }),
    ]);
  });

  test('a line that is gone, that stands twice, or elsewhere', async () => {
    expect(await faultsOf(withLines(lines.toSpliced(5, 1)))).toContain('line_changed 6');
    expect(await faultsOf(withLines(lines.toSpliced(5, 0, lines[5]!)))).toContain('line_changed 7');
    const moved = lines.toSpliced(5, 1).toSpliced(8, 0, lines[5]!);
    expect(await faultsOf(withLines(moved))).toContain('line_changed 9');
    expect(await faultsOf(text + text)).toContain(`line_invalid ${lines.length + 1}`);
  });

  test('the signature: another, none, or one that was copied', async () => {
    const other = (await bundleText(run, rows.slice(0, -1))).trimEnd().split('\n').at(-1)!;
    expect(await faultsOf(withLines(lines.with(-1, other)))).toEqual([`signature_wrong ${lines.length}`]);
    expect(await faultsOf(withLines(lines.slice(0, -1)))).toEqual(['signature_missing']);
    // Another key in the head changes the chain, and what was signed.
    const key = lines[0]!.replace(testKey().raw, testKey('2').raw);
    expect(await faultsOf(withLines(lines.with(0, key)))).toEqual(['line_changed 1']);
  });
});

describe('what is no bundle', () => {
  test.each([
    ['nothing', ''],
    ['not packed', Buffer.from('{"bundle":"baton"}')],
    ['another text', 'hello\n'],
    ['an archive', '{"archive":"baton","format":1}\n'],
    ['no JSON', `{"chain":"${'0'.repeat(64)}",nothing\n`],
  ])('%s', async (_, content) => {
    expect((await faultsOf(content)).join()).toMatch(/^bundle_unreadable/);
  });

  test('one of a later form is told as that', async () => {
    expect(await faultsOf(text.replace('"format":1', '"format":2'))).toEqual(['bundle_newer 1']);
  });

  test('one whose head is not whole', async () => {
    const rest = '"bundle":"baton","format":1,"run":"r"}';
    const hash = createHash('sha256')
      .update(`${'0'.repeat(64)}\n${rest}`)
      .digest('hex');
    expect(await faultsOf(`{"chain":"${hash}",${rest}\n`)).toEqual(['line_invalid 1']);
  });
});

describe('what somebody has made up and signed', () => {
  const at = (table: string, nth = 0) =>
    rows.flatMap((one, index) => (one.table === table ? [index] : [])).at(nth)!;
  const changed = (index: number, row: object): readonly TestRow[] =>
    rows.with(index, { ...rows[index]!, row: { ...rows[index]!.row, ...row } });
  /** The line of a row: the head is the first. */
  const lineOf = (index: number) => index + 2;

  test('a row that the events tell otherwise, with the place in it', async () => {
    const file = bundleFile(
      await bundleText(run, changed(at('workflow_step_executions'), { output: 'forged' })),
    );
    expect((await checkBundle(file)).faults).toMatchObject([
      {
        code: 'row_differs',
        line: lineOf(at('workflow_step_executions')),
        where: expect.stringMatching(/^workflow_step_executions /),
        message: expect.stringContaining('$.output'),
      },
    ]);
    expect(await faultsOfRows(changed(at('workflow_runs'), { status: 'failed' }))).toEqual([
      `row_differs ${lineOf(at('workflow_runs'))}`,
    ]);
  });

  test('a row that is missing, or too much', async () => {
    const event = at('workflow_events', -1);
    expect(await faultsOfRows(rows.toSpliced(event, 1))).toEqual(['row_missing']);
    const more = { ...rows[event]!, row: { ...rows[event]!.row, seq: 999 } };
    expect(await faultsOfRows(rows.toSpliced(event + 1, 0, more))).toEqual([
      `row_differs ${lineOf(event + 1)}`,
    ]);
    expect(await faultsOfRows(rows.toSpliced(event, 0, rows[event]!))).toEqual([
      `row_duplicate ${lineOf(event + 1)}`,
    ]);
    expect(await faultsOfRows(rows.toSpliced(at('workflow_runs'), 1))).toContain('row_missing');
  });

  test('rows in another order, of another run, in no form', async () => {
    const first = at('history_events');
    expect(await faultsOfRows([...rows, rows[at('executions')]!])).toContain(
      `row_misplaced ${lineOf(rows.length)}`,
    );
    expect(await faultsOfRows(changed(at('workflow_events'), { run_id: 'other' }))).toContain(
      `row_foreign ${lineOf(at('workflow_events'))}`,
    );
    expect(await faultsOfRows(changed(first, { event_id: 'one' }))).toContain(`row_invalid ${lineOf(first)}`);
    expect(await faultsOfRows(changed(first, { more: 1 }))).toContain(`row_invalid ${lineOf(first)}`);
    expect(await faultsOfRows([...rows, { table: 'users', row: { id: 1 } }])).toContain(
      `row_invalid ${lineOf(rows.length)}`,
    );
  });

  test('a run under another id', async () => {
    const renamed = rows.map(({ table, row }) => ({
      table,
      row: {
        ...row,
        ...('run_id' in row && { run_id: 'mine' }),
        ...(table === 'workflow_runs' && { id: 'mine' }),
      },
    }));
    const faults = await faultsOf(await bundleText('mine', renamed));
    expect(faults).toContain(`row_foreign ${lineOf(at('history_events'))}`);
  });

  test('events that are left out, of nothing, or not what their row says', async () => {
    const [first, last] = [at('history_events'), at('history_events', -1)];
    expect(await faultsOfRows(rows.toSpliced(first + 3, 1))).toContain(`event_missing ${lineOf(first + 3)}`);
    expect(await faultsOfRows(rows.toSpliced(last, 1))).toContain('event_missing');
    expect(await faultsOfRows(rows.filter(({ table }) => table !== 'history_events'))).toContain(
      'event_missing',
    );
    expect(await faultsOfRows(changed(first, { data: '\\xff' }))).toContain(`event_invalid ${lineOf(first)}`);
    expect(await faultsOfRows(changed(first, { event_type: 'TIMER_FIRED' }))).toContain(
      `event_invalid ${lineOf(first)}`,
    );
    expect(await faultsOfRows(changed(last, { execution_id: 'other' }))).toContain(
      `row_misplaced ${lineOf(last)}`,
    );
  });

  test('events in the place of others: whatever the fold says to them, it is told', async () => {
    const first = at('history_events');
    const count = rows.filter(({ table }) => table === 'history_events').length;
    const told = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.nat(count - 1), fc.nat(count - 1), async (into, from) => {
        const bytes = Buffer.from(String(rows[first + from]!.row['data']).slice(2), 'hex');
        // The number of an event stands first in it.
        bytes[1] = into + 1;
        const { event_type, event_time } = rows[first + from]!.row;
        const other = { data: `\\x${bytes.toString('hex')}`, event_type, event_time };
        for (const fault of await faultsOfRows(changed(first + into, other))) told.add(fault.split(' ')[0]!);
      }),
      cases(60),
    );
    expect([...told].toSorted()).toEqual(['row_differs', 'row_missing']);
  });

  test('events with bytes that mean something else, or nothing', async () => {
    const first = at('history_events');
    const count = rows.filter(({ table }) => table === 'history_events').length;
    const told = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.nat(count - 1), fc.nat(10_000), fc.nat(255), async (into, place, byte) => {
        const bytes = Buffer.from(String(rows[first + into]!.row['data']).slice(2), 'hex');
        bytes[place % bytes.length] = byte;
        const data = `\\x${bytes.toString('hex')}`;
        for (const fault of await faultsOfRows(changed(first + into, { data })))
          told.add(fault.split(' ')[0]!);
      }),
      cases(100),
    );
    const known = [
      'event_invalid',
      'event_missing',
      'fold_failed',
      'row_differs',
      'row_foreign',
      'row_missing',
    ];
    expect([...told].filter((code) => !known.includes(code))).toEqual([]);
    expect(told).toContain('event_invalid');
  });

  test('values, plans and entries that are not what they are named', async () => {
    const content = '"a value"';
    const hash = createHash('sha256').update(content).digest('hex');
    const blob = { table: 'blobs', row: { hash, bytes: 9, content } };
    expect(await faultsOfRows([...rows, blob])).toEqual([]);
    expect(await faultsOfRows([...rows, { ...blob, row: { ...blob.row, content: '"another"' } }])).toEqual([
      `blob_changed ${lineOf(rows.length)}`,
    ]);
    expect(await faultsOfRows([...rows, { ...blob, row: { ...blob.row, bytes: 8 } }])).toHaveLength(1);
    const plan = {
      ...{
        run_id: run,
        hash: `sha256:${hash}`,
        workflow: 'command',
        version: '1',
        source: '',
        format: 'yaml',
      },
      ...{ plan: { name: 'command', hash: `sha256:${hash}` }, created_at: '2026-01-01T00:00:00Z' },
    };
    const before = at('workflow_step_executions');
    expect(await faultsOfRows(rows.toSpliced(before, 0, { table: 'run_plans', row: plan }))).toEqual([
      `plan_changed ${lineOf(before)}`,
    ]);
    const entry = {
      ...{ hash, session_id: 'ses_of_another_run', parent: null, depth: 0, role: 'user', content: {} },
      created_at: '2026-01-01T00:00:00Z',
    };
    expect(await faultsOfRows([...rows, { table: 'session_messages', row: entry }])).toEqual([
      `row_foreign ${lineOf(rows.length)}`,
    ]);
  });

  test('a value that is named and not there', async () => {
    const missing = { $blob: 'a'.repeat(64), bytes: 3 };
    const forged = await bundleText(run, changed(at('workflow_runs'), { metadata: missing }));
    // Who writes a bundle says what was not there; here he does not.
    const told = forged.replace(/"absent_blobs":\[[^\]]*\]/, '"absent_blobs":[]');
    expect(forged).not.toBe(told);
    const { absent_blobs: absent } = await checkBundle(bundleFile(forged));
    expect(absent).toEqual(['a'.repeat(64)]);
  });

  test('rows of another version are not compared, and said to be so', async () => {
    const older = changed(at('workflow_runs'), { rows_version: ROWS_VERSION - 1, status: 'failed' });
    const report = await checkBundle(bundleFile(await bundleText(run, older)));
    expect(report).toMatchObject({ ok: true, compared: false });
  });

  test('JSON that is deep, and names that mean something else elsewhere', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const own = rows[at('workflow_runs')]!;
    const json = JSON.stringify({ ...own.row, metadata: 'DEEP' }).replace('"DEEP"', deep);
    expect(await faultsOfRows(rows.with(at('workflow_runs'), { ...own, json }))).not.toEqual([]);
    expect(
      await faultsOfRows([...rows, { table: 'constructor', row: {} }, { table: '__proto__', row: {} }]),
    ).toContain(`row_invalid ${lineOf(rows.length)}`);
  });
});

test('what docs call the chain can be reckoned by others', () => {
  let before = '0'.repeat(64);
  for (const line of lines.slice(0, -1)) {
    const [, hash, rest] = /^\{"chain":"([0-9a-f]{64})",(.*)$/.exec(line)!;
    expect(createHash('sha256').update(`${before}\n${rest}`).digest('hex')).toBe(hash);
    before = hash!;
  }
  expect(readFileSync(bundleFile(text)).subarray(0, 2).toString('hex')).toBe('1f8b');
});
