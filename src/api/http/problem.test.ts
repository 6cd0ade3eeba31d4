import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConflictError, UnavailableError } from '../../errors/errors.ts';
import { PROBLEMS } from './catalogue.ts';
import { HttpError } from './http-error.ts';
import { problemOf, requestErrorOf, statusOf } from './problem.ts';

const fromParser = (type: string, status: number, message = 'told by the parser') =>
  Object.assign(new Error(message), { type, status });

describe('requestErrorOf', () => {
  it.each([
    ['an error of ours', new ConflictError('run_exists', 'taken'), 'run_exists', 409],
    [
      'a dependency that is away',
      new UnavailableError('database_unavailable', 'away'),
      'database_unavailable',
      503,
    ],
    ['a body above the limit', fromParser('entity.too.large', 413), 'body_too_large', 413],
    ['a body that is no JSON', fromParser('entity.parse.failed', 400), 'invalid_json', 400],
    ['an unknown encoding', fromParser('encoding.unsupported', 415), 'unsupported_media_type', 415],
    ['an unknown charset', fromParser('charset.unsupported', 415), 'unsupported_media_type', 415],
    ['a request that broke off', fromParser('request.aborted', 400), 'request_aborted', 400],
    [
      'a path that cannot be decoded',
      Object.assign(new URIError('x'), { status: 400 }),
      'invalid_request',
      400,
    ],
    ['a bug', new TypeError('x is not a function'), 'internal', 500],
    ['a thrown text', 'oops', 'internal', 500],
    ['nothing at all', undefined, 'internal', 500],
  ])('makes %s a problem', (_, thrown, code, status) => {
    const error = requestErrorOf(thrown);
    expect([error.code, statusOf(error)]).toEqual([code, status]);
  });

  it('says nothing of what went wrong inside', () => {
    const problem = problemOf(requestErrorOf(new Error('password=hunter2 at /srv/app.ts')), 'request-1');
    expect(JSON.stringify(problem)).not.toMatch(/hunter2|srv/);
    expect(problem.request_id).toBe('request-1');
  });
});

describe('problemOf', () => {
  it('has the members of RFC 9457, the code, and all that is wrong', () => {
    const details = [{ path: 'query.limit', code: 'too_big', message: 'at most 200' }];
    const error = new HttpError('invalid_request', 'The query is wrong.', { details });
    expect(problemOf(error)).toEqual({
      type: '/docs/errors/invalid_request',
      title: 'The request is not in its form',
      status: 400,
      detail: 'The query is wrong.',
      code: 'invalid_request',
      errors: details,
    });
  });
});

describe('docs/errors.md', () => {
  const text = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

  it.each(Object.entries(PROBLEMS))('explains %s with its status', (code, { status }) => {
    expect(text).toMatch(new RegExp(`<a id="${code}"></a>\`${code}\`[^|]*\\| ${status} `));
  });

  it('explains nothing that does not exist', () => {
    const explained = Array.from(text.matchAll(/<a id="(\w+)">/g), (match) => match[1]);
    expect(explained.toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
  });
});
