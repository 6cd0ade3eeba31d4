/**
 * The form of a bundle: gzip of JSON Lines, told to others in docs/bundles.md. Every line but the last begins with its
 * place in the chain:
 *
 *     {"chain":"HEX","bundle":"baton","format":1,"run":"R",…}            the head
 *     {"chain":"HEX","table":"history_events","row":{…}}                 rows, table by table
 *     {"chain":"HEX","manifest":{"lines":9,"rows":{…},"absent_blobs":[]}}
 *     {"signature":"BASE64"}                                             over the chain's last hash
 *
 * A hash covers the hash before it and all that follows it in its own line: one changed letter anywhere is a line that is
 * known to be wrong, and the one signature covers every byte.
 */
import { createHash } from 'node:crypto';

export const FORMAT = 1;
/** What the chain's first hash follows. */
export const BEGINNING = '0'.repeat(64);

export interface BundleHead {
  readonly bundle: 'baton';
  readonly format: number;
  readonly run: string;
  /** Version of the Baton that wrote it. */
  readonly baton: string;
  /** The newest interpreter that this Baton knows. */
  readonly interpreter: number;
  /** The version of the rows that this Baton's fold makes. */
  readonly rows_version: number;
  readonly created_at: string;
  /** Ed25519, base64 of its 32 bytes. */
  readonly public_key: string;
}

export interface BundleManifest {
  /** How many stand before it. */
  readonly lines: number;
  readonly rows: Readonly<Record<string, number>>;
  /** Hashes that rows name and that were not stored (any more) where the bundle was written. */
  readonly absent_blobs: readonly string[];
}

/** The hash of a line. @param rest of the line: what follows `{"chain":"…",` up to its end */
export const hashOfLine = (before: string, rest: string): string =>
  createHash('sha256').update(`${before}\n${rest}`).digest('hex');

/** What the signature is over. @param last hash of the chain */
export const signedText = (last: string): string => `baton bundle ${FORMAT}\n${last}`;

const CHAINED = /^\{"chain":"([0-9a-f]{64})",/;
const HEAD_CHARS = `{"chain":"${BEGINNING}",`.length;

/** A line taken apart; undefined for one that is not in the chain's form. */
export function chainedLine(line: string): { readonly hash: string; readonly rest: string } | undefined {
  const hash = CHAINED.exec(line)?.[1];
  return hash === undefined ? undefined : { hash, rest: line.slice(HEAD_CHARS) };
}

/** A line of the chain, with its line feed. */
export const lineOf = (hash: string, rest: string): string => `{"chain":"${hash}",${rest}\n`;
