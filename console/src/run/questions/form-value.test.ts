import { describe, expect, it } from 'vitest';
import { kindOf, readingOf, typedOf } from './form-value.ts';

const schema = {
  type: 'object',
  required: ['target', 'note'],
  properties: {
    target: { type: 'string', enum: ['staging', 'production'] },
    hour: { type: 'integer', minimum: 0, maximum: 23, default: 9 },
    notify: { type: 'boolean', default: true },
    note: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    where: { type: 'object', required: ['x'], properties: { x: { type: 'number' } } },
    more: { description: 'a union' },
  },
} as const;

describe('a form', () => {
  it('has a field for what it can show, and JSON for the rest', () => {
    expect(Object.values(schema.properties).map((one) => kindOf(one))).toEqual([
      'choice',
      'integer',
      'boolean',
      'text',
      'list',
      'group',
      'json',
    ]);
  });

  it('begins with the defaults', () => {
    expect(typedOf(schema)).toEqual({ hour: '9', notify: true });
  });

  it('makes an answer of what was typed, and leaves out what was not', () => {
    const typed = { ...typedOf(schema), target: 'staging', note: 'go', tags: 'a\n\nb', more: '[1]' };
    expect(readingOf(schema, typed)).toEqual({
      value: { target: 'staging', hour: 9, notify: true, note: 'go', tags: ['a', 'b'], more: [1] },
      faults: {},
    });
  });

  it('says at each field what is wrong', () => {
    const typed = { hour: '24', note: '', 'where.x': 'far', more: 'text' };
    expect(readingOf(schema, typed).faults).toEqual({
      target: 'is needed',
      hour: 'must be at most 23',
      note: 'is needed',
      'where.x': 'must be a number',
      more: 'is no JSON: a text needs quotation marks',
    });
  });

  it('asks for the members of a group only where one of them is given', () => {
    const group = { type: 'object', properties: { where: schema.properties.where } } as const;
    expect(readingOf(group, {})).toEqual({ value: {}, faults: {} });
    expect(readingOf(group, { 'where.x': '1.5' }).value).toEqual({ where: { x: 1.5 } });
  });
});
