import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseTarget, plainHeaders, type Choice } from './choose-target.ts';
import { changeContexts, checkName, readContexts, type Contexts } from './context-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-contexts-'));
  file = join(folder, 'settings', 'contexts.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const context = (url: string) => ({ url, headers: {} });
const added = (name: string) => (now: Contexts) => ({
  ...now,
  contexts: { ...now.contexts, [name]: context(`http://${name}`) },
});

describe('the file', () => {
  it('keeps what several write at the same time, for its owner alone, and leaves nothing beside it', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `c${i}`);
    await Promise.all(names.map((name) => changeContexts(added(name), file)));
    expect(Object.keys(readContexts(file).contexts).toSorted()).toEqual(names.toSorted());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(file, '..'))).toEqual(['contexts.json']);
  });

  it('is left as it is when it cannot be read', async () => {
    await changeContexts(added('a'), file);
    writeFileSync(file, '{"current": 7');
    await expect(changeContexts(added('b'), file)).rejects.toMatchObject({
      problem: { code: 'contexts_unreadable' },
    });
    expect(readFileSync(file, 'utf8')).toBe('{"current": 7');
  });

  it.each(['', '__proto__', 'a b', '-x', '../x', 'x'.repeat(65)])('takes %j for no name', (name) => {
    expect(() => checkName(name)).toThrow('is no name of a context');
  });
});

describe('the installation that is worked with', () => {
  const all: Choice = {
    named: 'a',
    config: { BATON_URL: 'http://url', BATON_CONTEXT: 'b', BATON_PORT: 4700 },
    contexts: {
      current: 'c',
      contexts: {
        a: { url: 'http://a', headers: { 'X-Key': 'k' } },
        b: { ...context('http://b'), token_env: 'TOKEN_B' },
        c: { url: 'http://c', headers: { Authorization: 'Bearer t' } },
      },
    },
    stack: { api: 'http://stack' },
    environment: { TOKEN_B: 's' },
  };
  const { BATON_URL: _, ...noUrl } = all.config;
  const { BATON_CONTEXT: __, ...bare } = noUrl as { BATON_CONTEXT: string; BATON_PORT: number };
  const none = { current: null, contexts: {} };
  // BATON_URL and BATON_CONTEXT are of type string where they are given.
  const cases: readonly (readonly [string, string, Choice, Record<string, string>])[] = [
    ['--context', 'http://a', all, { 'X-Key': 'k' }],
    ['BATON_URL', 'http://url', { ...all, named: undefined }, {}],
    [
      'BATON_CONTEXT',
      'http://b',
      { ...all, named: undefined, config: noUrl as Choice['config'] },
      { Authorization: 'Bearer s' },
    ],
    [
      'context',
      'http://c',
      { ...all, named: undefined, config: bare as Choice['config'] },
      { Authorization: 'Bearer t' },
    ],
    [
      'stack',
      'http://stack',
      { ...all, named: undefined, config: bare as Choice['config'], contexts: none },
      {},
    ],
    [
      'port',
      'http://127.0.0.1:4700',
      { ...all, named: undefined, config: bare as Choice['config'], contexts: none, stack: undefined },
      {},
    ],
  ];

  it.each(cases)('by %s is %s, and has its own headers alone', (by, url, choice, headers) => {
    const target = chooseTarget(choice);
    expect(target).toMatchObject({ by, url });
    expect(plainHeaders(target.headers)).toEqual(headers);
  });

  it('is told apart from none, and from one whose token is missing', () => {
    expect(() => chooseTarget({ ...all, named: 'toString' })).toThrow(
      'there is no context "toString". There are a, b, c.',
    );
    expect(() => chooseTarget({ ...all, named: 'b', environment: {} })).toThrow(
      'takes its token from TOKEN_B, which is not set',
    );
  });

  it('has the secret apart from what may be shown', () => {
    expect(chooseTarget({ ...all, named: 'c' }).headers).toEqual([
      { name: 'Authorization', prefix: 'Bearer ', secret: 't', variable: 'TOKEN' },
    ]);
  });
});
