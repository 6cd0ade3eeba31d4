/** A bundle line by line: what stands in each, and whether it stands where the chain has it. Nothing is held. */
import { linesOf, type ArchivedRow } from '../maintenance/index.ts';
import { readJson } from '../plan/exact-json.ts';
import { BEGINNING, chainedLine, hashOfLine, type BundleHead, type BundleManifest } from './bundle-form.ts';

type BundleEntry =
  | { readonly kind: 'head'; readonly head: BundleHead }
  | { readonly kind: 'row'; readonly row: ArchivedRow }
  | { readonly kind: 'manifest'; readonly manifest: BundleManifest }
  | { readonly kind: 'signature'; readonly signature: string }
  | { readonly kind: 'nothing' };

export interface BundleLine {
  /** From 1. */
  readonly number: number;
  /** The chain's hash up to here, as the file has it; of a line outside of the chain the one before. */
  readonly hash: string;
  /** The hash is that of the line. */
  readonly holds: boolean;
  readonly entry: BundleEntry;
}

/** @throws Error with the reason, for what is no gzip or is cut */
export async function* readBundle(file: string): AsyncGenerator<BundleLine> {
  let number = 0;
  let before = BEGINNING;
  for await (const line of linesOf(file)) {
    number += 1;
    const chained = chainedLine(line);
    if (chained === undefined) {
      yield { number, hash: before, holds: false, entry: signatureOf(line) };
    } else {
      const { hash, rest } = chained;
      yield { number, hash, holds: hashOfLine(before, rest) === hash, entry: entryOf(rest) };
      before = hash;
    }
  }
}

const ROW = /^"table":"([a-z_]+)","row":(\{.*\})\}$/s;
const NOTHING: BundleEntry = { kind: 'nothing' };

function entryOf(rest: string): BundleEntry {
  const [, table, json] = ROW.exec(rest) ?? [];
  if (table !== undefined && json !== undefined) return { kind: 'row', row: { table, json } };
  const value = parsed(`{${rest}`);
  if (isHead(value)) return { kind: 'head', head: value };
  const manifest = value?.['manifest'];
  return isManifest(manifest) ? { kind: 'manifest', manifest } : NOTHING;
}

function signatureOf(line: string): BundleEntry {
  const signature = /^\{"signature":"([A-Za-z0-9+/=]+)"\}$/.exec(line)?.[1];
  return signature === undefined ? NOTHING : { kind: 'signature', signature };
}

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): Members | undefined {
  try {
    const value: unknown = readJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A head of a later form may have other members: that it is one, and of which form, is told before. */
function isHead(value: Members | undefined): value is Members & BundleHead {
  return value?.['bundle'] === 'baton' && Number.isSafeInteger(value['format']);
}

/** Whether a head of this form has all that it should have. */
export function isWholeHead(head: BundleHead): boolean {
  const texts = [head.run, head.baton, head.created_at, head.public_key];
  return (
    texts.every((text) => typeof text === 'string' && text !== '') &&
    !Number.isNaN(Date.parse(head.created_at)) &&
    [head.interpreter, head.rows_version].every(Number.isSafeInteger)
  );
}

function isManifest(value: unknown): value is BundleManifest {
  if (!isObject(value)) return false;
  const { lines, rows, absent_blobs: absent } = value;
  return (
    Number.isSafeInteger(lines) &&
    isObject(rows) &&
    Object.values(rows).every(Number.isSafeInteger) &&
    Array.isArray(absent) &&
    absent.every((hash) => typeof hash === 'string')
  );
}

/** The run that a bundle says it is of; null where its first line says none. Nothing is checked. */
export async function runOfBundle(file: string): Promise<string | null> {
  try {
    for await (const { entry } of readBundle(file)) return entry.kind === 'head' ? entry.head.run : null;
  } catch {
    // What is wrong with it is told by the check.
  }
  return null;
}
