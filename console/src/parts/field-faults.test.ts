import { expect, test } from 'vitest';
import { fieldFaults } from './field-faults.ts';

const refused = (members: object) => ({ title: 'No', code: 'invalid_request', ...members });

test('the first fault of a field stands at it, deeper ones too', () => {
  const errors = [
    { path: 'body.address', message: 'first' },
    { path: 'body.address', message: 'second' },
    { path: 'body.labels.gpu', message: 'too long' },
    { path: 'body', message: 'of no field' },
  ];
  expect(fieldFaults(refused({ errors }))).toEqual({ address: 'first', labels: 'too long' });
});

test('a code may be about a field', () => {
  const taken = refused({ code: 'node_taken', detail: 'It is taken.' });
  expect(fieldFaults(taken, { node_taken: 'name' })).toEqual({ name: 'It is taken.' });
  expect(fieldFaults(taken)).toEqual({});
  expect(fieldFaults(undefined)).toEqual({});
});
