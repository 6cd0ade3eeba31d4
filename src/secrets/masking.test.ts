import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskLargeJson } from './mask-large.ts';
import { maskedHead, maskingFor, maskJson, withoutLogins } from './masking.ts';

const TOKEN = `tök/en+"a'b"=<1> & c\\d`;
const PLAIN = 'plain-canary-0123456789';
const LINE = 'first line of it\nsecond-line-canary\nshort\n';
const { mask, torn } = maskingFor([TOKEN, PLAIN, LINE]);

const base64 = (text: string) => Buffer.from(text).toString('base64');
const html = (text: string) =>
  text.replace(
    /[&<>"'=+/]/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? `&#${c.charCodeAt(0)};`,
  );
const shell = (text: string) => text.replaceAll("'", `'\\''`);

describe('mask', () => {
  const ways: readonly (readonly [string, (text: string) => string])[] = [
    ['as it is', (text) => text],
    ['URL-encoded', encodeURIComponent],
    [
      'URL-encoded in small letters',
      (text) => encodeURIComponent(text).replace(/%../g, (c) => c.toLowerCase()),
    ],
    ['URL-encoded twice', (text) => encodeURIComponent(encodeURIComponent(text))],
    [
      'URL-encoded whole',
      (text) => [...Buffer.from(text)].map((b) => `%${b.toString(16).padStart(2, '0')}`).join(''),
    ],
    ['sent by a form', (text) => new URLSearchParams({ t: text }).toString().slice(2)],
    ['in a query', (text) => new URL(`http://h/?t=${encodeURIComponent(text)}`).search],
    ['in JSON', (text) => JSON.stringify(text)],
    ['in JSON within JSON', (text) => JSON.stringify(JSON.stringify([text]))],
    [
      'in JSON, ASCII only',
      (text) =>
        JSON.stringify(text).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ],
    ['in JSON with escaped slashes', (text) => JSON.stringify(text).replaceAll('/', '\\/')],
    ['in HTML', html],
    [
      'in HTML by hex',
      (text) =>
        text
          .split('')
          .map((c) => `&#x${c.charCodeAt(0).toString(16)};`)
          .join(''),
    ],
    ['quoted for a shell', shell],
    ['quoted for a shell with backslashes', (text) => text.replace(/[^\w\n]/g, (c) => `\\${c}`)],
    ['in base64', base64],
    ['in base64 behind one byte', (text) => base64(`:${text}`)],
    ['in base64 behind two bytes', (text) => base64(`ab${text}`)],
    ['in base64 in front of others', (text) => base64(`user:${text}\nrest`)],
    ['in base64url', (text) => Buffer.from(`~~${text}??`).toString('base64url')],
    ['in base64, URL-encoded', (text) => encodeURIComponent(base64(text))],
    ['in base64, broken into lines', (text) => base64(text).replace(/.{10}/g, '$&\n')],
    ['in hex', (text) => Buffer.from(text).toString('hex')],
    ['in large hex', (text) => Buffer.from(text).toString('hex').toUpperCase()],
    ['in hex with spaces', (text) => Buffer.from(text).toString('hex').replace(/../g, '$& ')],
    [
      'with two bytes a character',
      (text) =>
        text
          .split('')
          .map((c) => `${c}\0`)
          .join(''),
    ],
  ];
  /** What is left when the mask and the odd character at its borders are gone must be short. */
  it.each(ways)('hides a secret %s', (_, encode) => {
    for (const secret of [TOKEN, PLAIN]) {
      const encoded = encode(secret);
      const masked = mask(`before ${encoded} after`);
      expect(masked).toContain('***');
      const left = masked
        .replace(/^before /, '')
        .replace(/ after$/, '')
        .replaceAll('***', '');
      expect(left.length).toBeLessThan(Math.min(16, encoded.length - 6));
    }
  });

  it('hides each line of a secret, and the whole', () => {
    expect(mask(LINE)).toBe('***');
    expect(mask('say second-line-canary.')).toBe('say ***.');
    expect(mask(base64('second-line-canary'))).not.toContain('Y2FuYXJ5');
    expect(mask('short')).toBe('short');
  });

  it('hides what a secret holds as JSON or as a URL', () => {
    const key = { type: 'service_account', privateKey: 'abcdefgh\nijklmnop', name: 'public-name' };
    const known = maskingFor([JSON.stringify(key), 'postgres://ann:s3cret%2Fword@db.example/baton']);
    for (const secret of [
      'ijklmnop',
      's3cret/word',
      's3cret%2Fword',
      'ann:s3cret/word',
      JSON.stringify(key),
    ]) {
      expect(known.mask(`<${secret}>`)).toBe('<***>');
    }
    expect(known.mask('public-name db.example')).toBe('public-name db.example');
  });

  it('joins secrets that overlap', () => {
    expect(maskingFor(['abcdef', 'defghi']).mask('xabcdefghiy')).toBe('x***y');
  });

  it.each(['about', '', '%', '\\', '&', '100 % of \\n & <b>'])('leaves %j as it is', (text) => {
    expect(mask(text)).toBe(text);
  });

  it('masks inside values: texts, names, figures', () => {
    const known = maskingFor(['12345678', PLAIN]);
    expect(maskJson({ a: [PLAIN, 12345678, null], [PLAIN]: true, n: 1 }, known.mask)).toEqual({
      a: ['***', '***', null],
      '***': true,
      n: 1,
    });
  });

  it('goes through a text once, whatever the secrets are', () => {
    const key = Array.from({ length: 28 }, (_, i) => `${i}`.repeat(64).slice(0, 64)).join('\n');
    const many = Array.from({ length: 60 }, (_, i) => `secret-number-${i}-${'x'.repeat(i)}`);
    const known = maskingFor([...many, key, `${'a'.repeat(2_000)}b`]);
    for (const text of ['a', '%', '%25', '&', '\\', 'secret-number-', `"'`, 'word \\" %2f &amp; '].map(
      (piece) => piece.repeat(300_000 / piece.length),
    )) {
      // Some hundred milliseconds; a quadratic way would take hours, and the test its deadline.
      expect(known.mask(text)).toBe(text);
    }
  });
});

describe('torn', () => {
  it('lets a secret that comes in pieces be masked as if it came at once', () => {
    const part = fc.oneof(
      fc.constantFrom(
        TOKEN,
        PLAIN,
        LINE,
        JSON.stringify(TOKEN),
        encodeURIComponent(TOKEN),
        base64(`a${PLAIN}`),
      ),
      fc.string({ maxLength: 8 }),
      fc.constantFrom('%', '\\', '&', '&amp', 'plain-', ' '),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const text = parts.join('');
        let held = '';
        let told = '';
        for (let at = 0; at < text.length; at += size) {
          held += text.slice(at, at + size);
          const cut = held.length - torn(held);
          told += mask(held.slice(0, cut));
          held = held.slice(cut);
        }
        told += mask(held);
        for (const secret of [TOKEN, PLAIN, 'second-line-canary', encodeURIComponent(TOKEN)]) {
          expect(told).not.toContain(secret);
        }
      }),
    );
  });

  it('is nothing for a text in which nothing begins', () => {
    expect(torn('nothing? ~')).toBe(0);
    expect(torn('say plain-can')).toBe('plain-can'.length);
    expect(maskingFor([]).torn('x')).toBe(0);
  });
});

it('masks before it cuts', () => {
  const text = `${'x'.repeat(1_990)}${PLAIN}${'y'.repeat(20_000)}${PLAIN}`;
  expect(maskedHead(maskingFor([PLAIN]), text, 2_000)).toBe(`${'x'.repeat(1_990)}***yyyyyyy`);
  const edge = `${'x'.repeat(8_090)}${PLAIN}${'y'.repeat(20_000)}`;
  expect(maskedHead(maskingFor([PLAIN]), edge, 2_000)).toBe('x'.repeat(2_000));
});

it('masks what is large piece by piece, to the same end', async () => {
  const masking = maskingFor([PLAIN, TOKEN]);
  const pieces = `${'z'.repeat(262_140)}${PLAIN}%2${'&'.repeat(262_100)}${TOKEN}`;
  const value = { [PLAIN]: [pieces, 1, null, true], b: Array.from({ length: 1_000 }, () => PLAIN) };
  expect(await maskLargeJson(value, masking)).toEqual(maskJson(value, masking.mask));
});

it('takes logins out of URLs', () => {
  expect(withoutLogins('GET http://u:p@h/x and https://token@h, a@b.c, ssh://git@h/x')).toBe(
    'GET http://***@h/x and https://***@h, a@b.c, ssh://git@h/x',
  );
});
