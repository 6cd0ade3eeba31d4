/**
 * Seals texts that are kept: AES-256-GCM, under keys of the installation. A sealed text opens only at the place that it was
 * sealed for, and only as it was written. It hides nothing from whoever has the key, nor how long a text is.
 *
 *     sealed:1:KEY:BASE64URL      KEY names the key (8 digits of its digest), the rest is nonce, text and tag
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^sealed:1:([0-9a-f]{8}):([\w-]+)$/;

export interface Keyring {
  /** Names of the keys, the one that seals first; none: texts stay as they are. */
  readonly keys: readonly string[];
  /** @param place what the text is of: it opens nowhere else */
  seal(text: string, place: string): string;
  /** A text that was never sealed is as it is. @throws Error that says which key is missing, or that it was changed */
  open(text: string, place: string): string;
  /** True for what {@link seal} would write anew: it is not sealed by the first key. */
  isStale(text: string): boolean;
}

/** @param hex keys of 64 hexadecimal digits: the first seals, all open */
export function keyringOf(hex: readonly string[]): Keyring {
  const keys = hex.map((digits) => Buffer.from(digits, 'hex')).map((key) => ({ name: nameOf(key), key }));
  const [first] = keys;
  return {
    keys: keys.map(({ name }) => name),
    seal: (text, place) =>
      first === undefined ? text : `sealed:1:${first.name}:${encrypt(text, place, first.key)}`,
    open: (text, place) => {
      const [, name, body = ''] = SEALED.exec(text) ?? [];
      if (name === undefined) return text;
      const key = keys.find((one) => one.name === name)?.key;
      if (key === undefined)
        throw new Error(`it is sealed by the key ${name}, which BATON_SEALING_KEY lacks`);
      return decrypt(body, place, key);
    },
    isStale: (text) => first !== undefined && sealedBy(text) !== first.name,
  };
}

/** The key's name; null: the text is not sealed. */
export const sealedBy = (text: string): string | null => SEALED.exec(text)?.[1] ?? null;

const nameOf = (key: Buffer): string =>
  createHash('sha256').update('baton sealing key').update(key).digest('hex').slice(0, 8);

function encrypt(text: string, place: string, key: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(place));
  const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(parts).toString('base64url');
}

function decrypt(body: string, place: string, key: Buffer): string {
  const bytes = Buffer.from(body, 'base64url');
  const tagAt = bytes.length - TAG_BYTES;
  try {
    const cipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(tagAt));
    return cipher.update(bytes.subarray(NONCE_BYTES, tagAt), undefined, 'utf8') + cipher.final('utf8');
  } catch (error) {
    throw new Error('it is not what was sealed for this place', { cause: error });
  }
}
