/**
 * The key of the installation: Ed25519, made at its first use. Its private half never leaves the process that signs, but
 * for its own file in the data directory (0600), which `BATON_SIGNING_KEY` replaces where processes share no directory.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, UnavailableError } from '../errors/errors.ts';

/** The public half, as others know it. */
export interface PublicKey {
  /** Base64 of its 32 bytes. */
  readonly raw: string;
  /** `SHA256:` and the digest of these bytes, in base64 without its padding. */
  readonly fingerprint: string;
  readonly pem: string;
}

export interface SigningKey extends PublicKey {
  /** Base64 of the signature. */
  sign(text: string): string;
}

export interface KeyPlace {
  /** Seed of the key, 64 hexadecimal digits; none: the file of the data directory. */
  readonly seed: string | undefined;
  /** The data directory; none: nothing is written. */
  readonly home: string | undefined;
}

/** @throws UnavailableError `signing_key_unavailable` */
export function openSigningKey({ seed, home }: KeyPlace): SigningKey {
  try {
    const key = seed === undefined ? keyOfHome(home) : keyOfSeed(seed);
    if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is no Ed25519 key');
    return {
      ...publicKeyOf(createPublicKey(key)),
      sign: (text) => sign(null, Buffer.from(text), key).toString('base64'),
    };
  } catch (error) {
    const message =
      `This installation has no key to sign with: ${messageOf(error)}. Set BATON_SIGNING_KEY, or let the API write to ` +
      'BATON_HOME.';
    throw new UnavailableError('signing_key_unavailable', message, { cause: error });
  }
}

/** The key of its 32 bytes in base64. @throws Error for anything else */
export function publicKeyOfRaw(raw: string): PublicKey {
  const bytes = Buffer.from(raw, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64') !== raw)
    throw new Error('is no key of 32 bytes in base64');
  return publicKeyOf(createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' }));
}

/** The key of a text that has it as PEM, or as its 32 bytes in base64. @throws Error when it has neither */
export function publicKeyOfText(text: string): PublicKey {
  const [pem] = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/.exec(text) ?? [];
  if (pem === undefined) return publicKeyOfRaw(text.trim());
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('is no Ed25519 key');
  return publicKeyOf(key);
}

/** Whether the key has signed the text. Never throws. */
export function hasSigned({ pem }: PublicKey, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  // Base64 has spare bits: a signature has one text.
  if (bytes.toString('base64') !== signature) return false;
  return verify(null, Buffer.from(text), createPublicKey(pem), bytes);
}

/** What stands before the 32 bytes of a key in DER. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function publicKeyOf(key: KeyObject): PublicKey {
  const bytes = key.export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  const digest = createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '');
  const pem = key.export({ format: 'pem', type: 'spki' }).toString();
  return { raw: bytes.toString('base64'), fingerprint: `SHA256:${digest}`, pem };
}

function keyOfSeed(seed: string): KeyObject {
  const key = Buffer.concat([PKCS8, Buffer.from(seed, 'hex')]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

function keyOfHome(home: string | undefined): KeyObject {
  if (home === undefined) throw new Error('there is no data directory');
  const file = join(home, 'signing-key.pem');
  return createPrivateKey(read(file) ?? made(file));
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Of several processes that make one at once, all have the one that was first; nobody reads half of it. */
function made(file: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const draft = `${file}.${randomUUID()}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(draft, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}
