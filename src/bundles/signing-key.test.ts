import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasSigned, openSigningKey, publicKeyOfText } from './signing-key.ts';

const home = () => mkdtempSync(join(tmpdir(), 'baton-key-'));

test('is made at its first use, for its owner alone, and stays the same', () => {
  const place = { seed: undefined, home: join(home(), 'new') };
  const key = openSigningKey(place);
  expect(openSigningKey(place).fingerprint).toBe(key.fingerprint);
  expect(readdirSync(place.home)).toEqual(['signing-key.pem']);
  expect(statSync(join(place.home, 'signing-key.pem')).mode & 0o777).toBe(0o600);
  expect(openSigningKey({ ...place, home: home() }).fingerprint).not.toBe(key.fingerprint);
});

test('of a seed is the same everywhere, and writes nothing', () => {
  const place = { seed: '0123456789abcdef'.repeat(4), home: home() };
  expect(openSigningKey(place).fingerprint).toBe(openSigningKey({ ...place, home: undefined }).fingerprint);
  expect(readdirSync(place.home)).toEqual([]);
});

test('signs so that others can check it, and nothing else passes', () => {
  const key = openSigningKey({ seed: '1'.repeat(64), home: undefined });
  const signature = key.sign('a text');
  expect(
    verify(null, Buffer.from('a text'), createPublicKey(key.pem), Buffer.from(signature, 'base64')),
  ).toBe(true);
  expect(hasSigned(key, 'a text', signature)).toBe(true);
  expect(hasSigned(key, 'another', signature)).toBe(false);
  expect(hasSigned(key, 'a text', signature.replace(/==$/, ''))).toBe(false);
  expect(hasSigned(key, 'a text', 'AAAA')).toBe(false);
});

test('its public half is known from PEM, from what `baton key` prints, and from its bytes', () => {
  const { fingerprint, pem, raw } = openSigningKey({ seed: '1'.repeat(64), home: undefined });
  for (const text of [pem, `${fingerprint}\n${pem}`, raw, `${raw}\n`])
    expect(publicKeyOfText(text).fingerprint).toBe(fingerprint);
  expect(() => publicKeyOfText('SHA256:nothing')).toThrow('32 bytes');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
    format: 'pem',
    type: 'spki',
  });
  expect(() => publicKeyOfText(String(rsa))).toThrow('Ed25519');
});

test('without a place for it, or with a file that holds no such key, there is none', () => {
  expect(() => openSigningKey({ seed: undefined, home: undefined })).toThrow('no data directory');
  const place = { seed: undefined, home: home() };
  writeFileSync(join(place.home, 'signing-key.pem'), 'nothing');
  expect(() => openSigningKey(place)).toThrow(/no key to sign with.*BATON_SIGNING_KEY/s);
  expect(readFileSync(join(place.home, 'signing-key.pem'), 'utf8')).toBe('nothing');
});
