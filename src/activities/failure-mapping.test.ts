import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { ExpressionError } from '../expressions/index.ts';
import { toApplicationFailure } from './failure-mapping.ts';
import { StepFailure } from './step-failure.ts';

const mask = (text: string) => text.replaceAll('hush', '***');
const trap = new Proxy(
  {},
  {
    get: () => {
      throw new Error('trap');
    },
    getPrototypeOf: () => {
      throw new Error('trap');
    },
  },
);
const unreadable = {
  toJSON: () => {
    throw new Error('no');
  },
  toString: () => {
    throw new Error('no');
  },
};
const throwing = Object.defineProperty(new Error('x'), 'message', {
  get: () => {
    throw new Error('no');
  },
});
const oddMessage = Object.assign(new Error('x'), { message: { not: 'a text' } });

describe('toApplicationFailure', () => {
  it('keeps code and details of a step failure', () => {
    const failure = toApplicationFailure(
      new StepFailure('http_status', 'no', { retryAfterMs: 5, data: [1] }),
      mask,
    );
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'http_status', message: 'no', nonRetryable: true });
    expect(failure.details).toEqual([{ retryAfterMs: 5, data: [1] }]);
  });

  it('takes the code of errors that have one of the list', () => {
    expect(toApplicationFailure(new ExpressionError('value_missing', 'gone'), mask).type).toBe(
      'value_missing',
    );
    expect(toApplicationFailure(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), mask).type).toBe(
      'unknown',
    );
  });

  it.each([
    ['an Error', new TypeError('oops'), 'oops'],
    ['an Error without a message', new Error(), 'The step threw an error without a message.'],
    ['a string', 'just text', 'just text'],
    ['undefined', undefined, 'The step threw undefined.'],
    ['null', null, 'null'],
    ['a number', 42, '42'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['an object', { a: 1 }, '{"a":1}'],
    ['an Error whose message is no text', oddMessage, 'The step threw an error without a message.'],
    ['an Error whose message throws', throwing, 'The step threw something that cannot be read.'],
    ['an object that cannot be printed', unreadable, 'The step threw something that cannot be read.'],
    ['an object whose every access throws', trap, 'The step threw something that cannot be read.'],
  ])('makes %s a failure of type unknown', (_, thrown, message) => {
    expect(toApplicationFailure(thrown, mask)).toMatchObject({ type: 'unknown', message, details: [{}] });
  });

  it('records only what protobuf and Postgres take as text', () => {
    const { details } = toApplicationFailure(
      new StepFailure('command_failed', '', { data: { stderr: '\0' } }),
      mask,
    );
    expect(details).toEqual([{ data: { stderr: '\ufffd' } }]);
    const cutAtPair = `${'m'.repeat(1_998)}😀😀`;
    expect(toApplicationFailure(new Error(`a\0b\ud83d`), mask).message).toBe('a\ufffdb\ufffd');
    expect(toApplicationFailure(new Error(cutAtPair), mask).message).toBe(`${'m'.repeat(1_998)}\ufffd…`);
  });

  it('masks secrets in message and data, and bounds both', () => {
    const data = { stderr: 'hush', big: 'x' };
    const failure = toApplicationFailure(new StepFailure('command_failed', 'hush now', { data }), mask);
    expect(failure.message).toBe('*** now');
    expect(failure.details).toEqual([{ data: { stderr: '***', big: 'x' } }]);
    const large = toApplicationFailure(
      new StepFailure('command_failed', 'm'.repeat(5_000), { data: 'x'.repeat(60_000) }),
      mask,
    );
    expect(large.message.length).toBe(2_000);
    expect(JSON.stringify(large.details).length).toBeLessThan(200);
  });

  it('shortens texts that are too long together, tails from their beginning', () => {
    const data = {
      exit_code: 1,
      stderr_tail: `${'\u0001'.repeat(16_000)}end`,
      body: `start${'x'.repeat(16_000)}`,
    };
    const failure = toApplicationFailure(new StepFailure('command_failed', '', { data }), mask);
    const [told] = failure.details as { data: Record<string, string> }[];
    expect(told?.data).toMatchObject({ exit_code: 1 });
    expect(told?.data['stderr_tail']).toMatch(/^\u0001{2045}end$/);
    expect(told?.data['body']).toMatch(/^startx{2043}$/);
  });
});
