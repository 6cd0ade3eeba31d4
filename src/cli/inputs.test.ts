import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliError } from './exit.ts';
import { readInputs, readPairs } from './inputs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('readInputs', () => {
  it.each([
    ['a=text', { a: 'text' }],
    ['a=42', { a: 42 }],
    ['a="42"', { a: '42' }],
    ['a={"b":[1]}', { a: { b: [1] } }],
    ['a=true', { a: true }],
    ['a=null', { a: null }],
    ['a=', { a: '' }],
    ['a=b=c', { a: 'b=c' }],
    ['a={not json', { a: '{not json' }],
    ['a=@@home', { a: '@home' }],
    ['with-hyphen=1', { 'with-hyphen': 1 }],
  ])('%s', (pair, inputs) => {
    expect(readInputs([pair], undefined)).toEqual(inputs);
  });

  it('takes the text of a file, as text', () => {
    expect(readInputs([`diff=@${file('a.diff', '{"a": 1}\n')}`], undefined)).toEqual({ diff: '{"a": 1}\n' });
  });

  it('puts -i on top of --input, the last one wins', () => {
    const path = file('inputs.json', '{"a": 1, "b": 2}');
    expect(readInputs(['b=3', 'b=4'], path)).toEqual({ a: 1, b: 4 });
  });

  it.each([
    [['novalue'], undefined, /novalue: write -i key=value/],
    [['=x'], undefined, /write -i key=value/],
    [['a=@/does/not/exist'], undefined, /cannot read \/does\/not\/exist/],
    [[], '/does/not/exist', /cannot read/],
  ])('%j %s is wrong use', (pairs, input, message) => {
    expect(() => readInputs(pairs, input)).toThrow(message);
    expect(() => readInputs(pairs, input)).toThrow(CliError);
  });

  it.each(['[1]', '"a"', 'null', '{'])('--input with %s is wrong use', (text) => {
    expect(() => readInputs([], file('inputs.json', text))).toThrow(/inputs\.json/);
  });
});

describe('readPairs', () => {
  it('keeps values as they are', () => {
    expect(readPairs(['a=1', 'b=x=y'], '--label')).toEqual({ a: '1', b: 'x=y' });
    expect(() => readPairs(['a'], '--label')).toThrow('--label a: write --label key=value');
  });
});
