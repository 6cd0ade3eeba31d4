import { describe, expect, it } from 'vitest';
import type { InputSpec } from '../../../../src/plan/plan.ts';
import { commandOf, draftsOf, fieldKind, readDrafts, readLabels } from './start-form.ts';

const spec = (members: Partial<InputSpec> = {}): InputSpec => ({
  type: 'string',
  required: false,
  description: null,
  ...members,
});

describe('fields', () => {
  it.each<[Partial<InputSpec>, string]>([
    [{ type: 'boolean' }, 'choice'],
    [{ enum: ['a', 'b'] }, 'choice'],
    [{ type: 'integer' }, 'number'],
    [{ type: 'array' }, 'json'],
    [{ type: 'any' }, 'free'],
    [{ default: 'short' }, 'line'],
    [{}, 'text'],
  ])('%o is a %s', (members, kind) => {
    expect(fieldKind(spec(members))).toBe(kind);
  });

  it('begin with the defaults, and with what was handed over', () => {
    const specs = {
      a: spec({ default: 'x' }),
      b: spec({ type: 'array', default: [1] }),
      c: spec({ type: 'boolean' }),
    };
    expect(draftsOf(specs, { c: false })).toEqual({ a: 'x', b: '[\n  1\n]', c: 'false' });
  });
});

describe('what is typed in', () => {
  it('is of the type that the input is declared with', () => {
    const specs = {
      text: spec(),
      whole: spec({ type: 'integer' }),
      yes: spec({ type: 'boolean' }),
      list: spec({ type: 'array' }),
      choice: spec({ type: 'integer', enum: [1, 2] }),
      free: spec({ type: 'any' }),
      loose: spec({ type: 'any' }),
      nothing: spec(),
    };
    const drafts = {
      text: '12',
      whole: '007',
      yes: 'true',
      list: '[1, 2]',
      choice: '2',
      free: '{"a": 1}',
      loose: 'diff --git',
      nothing: '',
    };
    expect(readDrafts(specs, drafts)).toEqual({
      inputs: {
        text: '12',
        whole: 7,
        yes: true,
        list: [1, 2],
        choice: 2,
        free: { a: 1 },
        loose: 'diff --git',
      },
      faults: {},
    });
  });

  it('keeps numbers that JavaScript would round', () => {
    const { inputs } = readDrafts({ id: spec({ type: 'integer' }) }, { id: '12345678901234567890' });
    expect(inputs['id']).toBe(12_345_678_901_234_567_890n);
  });

  it('is told what is wrong with it, field by field', () => {
    const specs = {
      needed: spec({ required: true }),
      whole: spec({ type: 'integer' }),
      number: spec({ type: 'number' }),
      list: spec({ type: 'array' }),
      shape: spec({ type: 'object' }),
    };
    const { faults } = readDrafts(specs, { whole: '1.5', number: 'many', list: '{}', shape: '{"a":' });
    expect(faults).toMatchObject({
      needed: 'Input "needed" is required and was not given.',
      whole: 'Input "whole" must be of type integer, got number.',
      number: '“many” is no number.',
      list: 'Input "list" must be of type array, got object.',
    });
    expect(faults['shape']).toMatch(/^This is no JSON: /);
  });
});

describe('labels', () => {
  it('stand a line each', () => {
    expect(readLabels('team=payments\n\n note = a=b ')).toEqual({ team: 'payments', note: 'a=b' });
    expect(() => readLabels('team')).toThrow('Write “team” as name=value.');
  });
});

it('the same run is started by a command', () => {
  const more = { labels: { team: 'x' }, id: 'mine' };
  expect(commandOf('review', '2.0.0', { n: 3, at: '@home' }, more)).toEqual([
    ...['run', 'review@2.0.0', '-i', 'n=3', '-i', 'at=@@home', '--label', 'team=x', '--id', 'mine'],
  ]);
});
