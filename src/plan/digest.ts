/** SHA-256 as hexadecimal text, where Node's own is not at hand: inside workflows, and in whatever is shared with them. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** 64 digits; the same for the same text everywhere. */
export function digestOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
