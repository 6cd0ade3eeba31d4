import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Recording } from '../../recording/index.ts';
import { readTest, saveTest } from './test-file.ts';

const home = mkdtempSync(join(tmpdir(), 'baton-test-file-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
let serial = 0;
const fileOf = (text?: string) => {
  const file = join(home, `${++serial}.test.yaml`);
  if (text !== undefined) writeFileSync(file, text);
  return file;
};

const RECORDING: Recording = {
  run: 'run-1',
  workflow: 'ship',
  version: '1.0.0',
  status: 'cancelled',
  inputs: { text: 'yes', odd: ' : - #\n{{ x }}\t', empty: {}, many: [1, 2.5, null, true] },
  steps: {
    fetch: {
      status: 'completed',
      definition: '00e1234567890123',
      result: { id: 12345678901234567890n, on: '0x1' },
    },
    pull: { status: 'failed', error: { type: 'command_failed', message: 'no', data: { exit_code: 1 } } },
    wait: { status: 'cancelled' },
  },
  output: null,
};

it('reads what it has written: numbers of any size, texts that look like something else', () => {
  const file = fileOf();
  saveTest(file, RECORDING);
  const { recording, expected } = readTest(file);
  expect(recording).toEqual({ ...RECORDING, status: 'failed' });
  expect(expected).toEqual({ status: 'failed', path: { fetch: 'completed', pull: 'failed' }, output: null });
});

it('does not write over a file', () => {
  const file = fileOf('mine');
  expect(() => saveTest(file, RECORDING)).toThrow('is there already');
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

const HEAD = 'baton_test: 1\nrun: r\nworkflow: w\nversion: "1"\ninputs: {}\n';

it.each([
  ['', 'the file must be a map'],
  ['a: [', 'Flow sequence'],
  ['baton_test: 2', 'baton_test must be 1'],
  ['baton_test: 1\nsteps: []', 'steps must be a map'],
  [`${HEAD}steps: {}\nexpect: {path: {a: 1}, status: completed}`, 'expect.path.a must be a text'],
  ['baton_test: 1\nsteps: {}\nexpect: {path: {}, status: done}', 'expect.status must be'],
  [`${HEAD}steps: {a: {status: done}}\nexpect: {path: {}, status: failed}`, 'steps.a.status must be one of'],
])('says where %j is wrong', (text, why) => {
  expect(() => readTest(fileOf(text))).toThrow(why);
});

it('says that there is no such file', () => {
  expect(() => readTest(join(home, 'none.test.yaml'))).toThrow('ENOENT');
});
