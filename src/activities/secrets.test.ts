import { describe, expect, it } from 'vitest';
import { readSecrets } from './secrets.ts';

const secrets = readSecrets({
  BATON_SECRET_TOKEN: 'tok/en "1"',
  BATON_SECRET_LONG: 'tok/en "1"-longer',
  BATON_SECRET_SHORT: 'ab',
  BATON_SECRET_: 'nameless',
  ANTHROPIC_API_KEY: 'sk-ant-1',
  PATH: '/usr/bin',
});

describe('readSecrets', () => {
  it('takes what has the prefix, and nothing else', () => {
    expect(secrets.values).toEqual({ TOKEN: 'tok/en "1"', LONG: 'tok/en "1"-longer', SHORT: 'ab' });
  });

  it.each([
    ['as it is', 'say tok/en "1"!', 'say ***!'],
    ['URL-encoded', `q=${encodeURIComponent('tok/en "1"')}`, 'q=***'],
    ['JSON-escaped', JSON.stringify({ t: 'tok/en "1"' }), '{"t":"***"}'],
    ['as part of a longer one', 'tok/en "1"-longer', '***'],
    ["when it is a vendor's key", 'Incorrect key sk-ant-1', 'Incorrect key ***'],
    ['unless it is too short to be told from text', 'about', 'about'],
  ])('masks a secret %s', (_, text, masked) => {
    expect(secrets.mask(text)).toBe(masked);
  });
});
