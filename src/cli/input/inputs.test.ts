import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliError } from '../exit.ts';
import { readInputs, readPairs, type InputTypes } from './inputs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const TYPES: InputTypes = {
  ...{ s: 'string', n: 'number', i: 'integer', b: 'boolean', o: 'object', l: 'array', x: 'any' },
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
    ['a=1.10', { a: '1.10' }],
    ['a=5e12345', { a: '5e12345' }],
    ['a=1e3', { a: '1e3' }],
    ['a=007', { a: '007' }],
    ['a=7615917337495251231', { a: 7615917337495251231n }],
    ['a= {"b": 1.10} ', { a: { b: 1.1 } }],
  ])('%s', (pair, inputs) => {
    expect(readInputs([pair], undefined)).toEqual(inputs);
  });

  it.each([
    ['s=42', '42'],
    ['s="quoted"', '"quoted"'],
    ['s=', ''],
    ['n=1.10', 1.1],
    ['i=1e3', 1000],
    ['i=7615917337495251231', 7615917337495251231n],
    ['b=true', true],
    ['o={"a": 1}', { a: 1 }],
    ['l=[1]', [1]],
    ['x=1.10', '1.10'],
  ])('%s is of the type that the input is declared with', (pair, value) => {
    expect(Object.values(readInputs([pair], undefined, TYPES))).toEqual([value]);
  });

  it.each(['n=ten', 'n=', 'n=1e400', 'i=1.5', 'b=yes', 'o=[1]', 'o={"a"', 'l={}'])(
    '%s is no value of the declared type',
    (pair) => {
      expect(() => readInputs([pair], undefined, TYPES)).toThrow(/is no value of type .* write /);
    },
  );

  it('reads a file as the declared type', () => {
    const path = file('a.json', '{"id": 7615917337495251231}\n');
    expect(readInputs([`o=@${path}`], undefined, TYPES)).toEqual({ o: { id: 7615917337495251231n } });
    expect(readInputs([`s=@${path}`], undefined, TYPES)).toEqual({ s: '{"id": 7615917337495251231}\n' });
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
