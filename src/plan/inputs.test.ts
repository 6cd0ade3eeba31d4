import { describe, expect, test } from 'vitest';
import { checkInputs } from './inputs.ts';
import type { InputSpec, InputType } from './plan.ts';

const spec = (type: InputType, more: Partial<InputSpec> = {}): InputSpec => ({
  type,
  required: true,
  description: null,
  ...more,
});

describe('checkInputs', () => {
  test('fills defaults in and keeps the order of the declaration', () => {
    const specs = { a: spec('integer', { required: false, default: 3 }), b: spec('string') };
    const { inputs, errors } = checkInputs(specs, { b: 'x' });
    expect(errors).toEqual([]);
    expect(Object.entries(inputs)).toEqual([
      ['a', 3],
      ['b', 'x'],
    ]);
  });

  test('an optional input without a default stays absent', () => {
    expect(checkInputs({ a: spec('any', { required: false }) }, undefined)).toEqual({
      inputs: {},
      errors: [],
    });
  });

  test('null is a value: it fits `any` and nothing else', () => {
    expect(checkInputs({ a: spec('any') }, { a: null }).inputs).toEqual({ a: null });
    expect(checkInputs({ a: spec('object') }, { a: null }).errors[0]?.code).toBe('input_type');
  });

  test.each([
    ['string', 'x', 1],
    ['number', 1.5, '1.5'],
    ['number', 1, true],
    ['integer', 2, 2.5],
    ['boolean', false, 0],
    ['object', {}, []],
    ['array', [], {}],
  ] as const)('type %s takes %j and refuses %j', (type, good, bad) => {
    expect(checkInputs({ a: spec(type) }, { a: good }).errors).toEqual([]);
    expect(checkInputs({ a: spec(type) }, { a: bad }).errors).toMatchObject([
      { path: 'inputs.a', code: 'input_type' },
    ]);
  });

  test('a stored value fits every type and every enumeration', () => {
    const specs = { a: spec('string', { enum: ['x'] }) };
    expect(checkInputs(specs, { a: { $blob: 'ab', bytes: 9 } }).errors).toEqual([]);
  });

  test('enumerations compare values, not the order of members', () => {
    const specs = { a: spec('object', { enum: [{ x: 1, y: 2 }] }) };
    expect(checkInputs(specs, { a: { y: 2, x: 1 } }).errors).toEqual([]);
    expect(checkInputs(specs, { a: { y: 2 } }).errors).toMatchObject([{ code: 'input_enum' }]);
  });

  test('all errors at once, with suggestions', () => {
    const { errors } = checkInputs(
      { git_diff: spec('string'), depth: spec('integer') },
      { git_dif: 'x', depth: '3' },
    );
    expect(errors.map((error) => error.code)).toEqual(['input_missing', 'input_type', 'input_unknown']);
    expect(errors[2]?.hint).toBe('Did you mean "git_diff"?');
  });

  test.each([[[]], ['text'], [7], [true]])('%j is no object of inputs', (given) => {
    expect(checkInputs({}, given).errors).toMatchObject([{ path: 'inputs', code: 'inputs_not_object' }]);
  });

  test('names of Object.prototype are unknown like any other', () => {
    const given: unknown = JSON.parse('{"__proto__": 1, "constructor": 2}');
    expect(checkInputs({}, given).errors.map((error) => error.code)).toEqual([
      'input_unknown',
      'input_unknown',
    ]);
  });
});
