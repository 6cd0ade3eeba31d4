/**
 * Addresses: what a step of a run is called, everywhere. `review` for a step of the definition; for one that runs once
 * an item or a round, with the item in brackets: `build[3]/test`, `build[eu]/retry[2]/check`.
 *
 *     address = part { "/" part }        part = key [ "[" index "]" ]
 *
 * An address that ends with a key is a step's, one that ends with an index is a scope's: what step `build` runs for its
 * item 3 stands in `build[3]`. Keys and indexes hold none of `# / . [ ]`, so addresses stand unescaped in ids of
 * activities (`build[3]/test#1/2.0`) and in idempotency keys.
 *
 * Whoever only takes addresses apart need not ask whether they are sound: {@link partsOf} takes any text, and
 * {@link printAddress} gives it back. That matters for plans that Baton did not compile, whose keys may be any text.
 * What a person has written is checked with {@link parseAddress}.
 */
import { closest, hintFor } from './suggest.ts';

/** The name of a step, or of a scope, of a run. A text as it came, see docs/decisions/0035. */
export type Address = string;

/** What tells an item or round from the others of its step: its number, from 0, or its name. */
export type Index = number | string;

export interface AddressPart {
  readonly key: string;
  /** null: the step itself. */
  readonly index: Index | null;
}

/** Characters of a key, and of an index that is a name. */
const MAX_NAME = 100;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:-+[A-Za-z0-9_]+)*$/;
/** As far as every number is exact. */
const NUMBER = /^(?:0|[1-9]\d{0,14})$/;
const PART = /^(.*)\[([^[\]]*)\]$/s;
/** In a pattern: every item. */
const ANY = '*';

/** Why a text cannot be the key of a step, for people; null when it can. */
export function faultOfKey(key: string): string | null {
  if (key.length > MAX_NAME) return `is longer than ${MAX_NAME} characters`;
  return NAME.test(key) ? null : 'must begin with a letter and hold only letters, digits, "_" and inner "-"';
}

/** Why a text cannot tell an item from the others; null when it can. */
export function faultOfIndex(index: string): string | null {
  if (NUMBER.test(index)) return null;
  if (index === '') return 'is missing';
  if (/^\d/.test(index)) return 'must be a whole number without leading zeros, or begin with a letter';
  return faultOfKey(index);
}

/** The parts of any text. {@link printAddress} gives the same text back. */
export function partsOf(address: Address): readonly AddressPart[] {
  return address.split('/').map(partOf);
}

function partOf(text: string): AddressPart {
  const [, key, index] = text.endsWith(']') ? (PART.exec(text) ?? []) : [];
  if (key === undefined || index === undefined) return { key: text, index: null };
  return { key, index: NUMBER.test(index) ? Number(index) : index };
}

export function printAddress(parts: readonly AddressPart[]): Address {
  return parts.map(({ key, index }) => (index === null ? key : `${key}[${index}]`)).join('/');
}

export type ParsedAddress =
  | { readonly ok: true; readonly parts: readonly AddressPart[] }
  /** `at`: the character, from 0, at which the part stands that is wrong. */
  | { readonly ok: false; readonly at: number; readonly message: string };

/** An address that somebody has written, or the place and the reason of what is wrong with it. */
export function parseAddress(text: string): ParsedAddress {
  let at = 0;
  const parts: AddressPart[] = [];
  for (const piece of text.split('/')) {
    const part = partOf(piece);
    const fault = faultOfPart(part);
    if (fault !== null) return { ok: false, at: at + fault.at, message: fault.message };
    parts.push(part);
    at += piece.length + 1;
  }
  return { ok: true, parts };
}

function faultOfPart({ key, index }: AddressPart): { readonly at: number; readonly message: string } | null {
  const ofKey = key === '' ? 'is missing' : faultOfKey(key);
  if (ofKey !== null) return { at: 0, message: `the key ${JSON.stringify(key)} ${ofKey}` };
  const ofIndex = index === null ? null : faultOfIndex(String(index));
  if (ofIndex === null) return null;
  return { at: key.length + 1, message: `the index ${JSON.stringify(index)} ${ofIndex}` };
}

/** The step of a scope. @param scope null: the run's own steps */
export function childOf(scope: Address | null, key: string): Address {
  return scope === null ? key : `${scope}/${key}`;
}

/** The scope that a step runs for one of its items. */
export function itemOf(step: Address, index: Index): Address {
  return `${step}[${index}]`;
}

/**
 * What stands above: of a scope the step that it belongs to, of a step the scope that it stands in; null above the
 * run's own steps.
 */
export function parentOf(address: Address): Address | null {
  const cut = address.lastIndexOf('/');
  const { key, index } = partOf(address.slice(cut + 1));
  if (index !== null) return address.slice(0, cut + 1) + key;
  return cut < 0 ? null : address.slice(0, cut);
}

/** The key that an address ends with. */
export function keyOf(address: Address): string {
  return partOf(address.slice(address.lastIndexOf('/') + 1)).key;
}

/** The way through the plan, which knows no items: `build/test` of `build[3]/test`. */
export function pathOf(address: Address): string {
  if (!address.includes('[')) return address;
  return partsOf(address)
    .map(({ key }) => key)
    .join('/');
}

/**
 * Is it what the pattern names, or does it stand inside? A pattern is an address in which `[*]` stands for every item,
 * and a part without an index for the step with all its items: `build[3]`, `build[*]/test` and `build` all hold
 * `build[3]/test`.
 */
export function isWithin(address: Address, pattern: string): boolean {
  const wanted = partsOf(pattern);
  const parts = partsOf(address);
  return wanted.every(({ key, index }, i) => {
    const part = parts[i];
    if (part?.key !== key) return false;
    return index === null || (index === ANY ? part.index !== null : part.index === index);
  });
}

/** {@link isWithin} a pattern as a regular expression, the same for Postgres and for JavaScript without flags. */
export function regExpOf(pattern: string): string {
  const parts = partsOf(pattern).map(({ key, index }) => {
    if (index === null) return `${literal(key)}(\\[[^\\[\\]/]*\\])?`;
    return index === ANY ? `${literal(key)}\\[[^\\[\\]/]*\\]` : literal(`${key}[${index}]`);
  });
  return `^${parts.join('/')}(/|$)`;
}

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** What to say of an address that a run does not have: `no step "biuld". Did you mean "build"?` */
export function missingStep(address: Address, known: readonly Address[]): string {
  const what = `no step "${address}"`;
  const parsed = parseAddress(address);
  if (closest(address, known) === undefined && !parsed.ok) return `${what}: ${parsed.message}.`;
  return `${what}. ${hintFor(address, known, '')}`.trimEnd();
}

/**
 * The order of addresses, whatever the plan's is: what stands above comes first, then keys and names by their letters,
 * numbers by their value (`build[2]` before `build[10]`) and before names. Total: only an address equals itself.
 */
export function compareAddresses(left: Address, right: Address): number {
  const [a, b] = [partsOf(left), partsOf(right)];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = compareParts(a[i], b[i]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareParts(a: AddressPart | undefined, b: AddressPart | undefined): number {
  return compareTexts(a?.key ?? '', b?.key ?? '') || compareIndexes(a?.index ?? null, b?.index ?? null);
}

function compareIndexes(a: Index | null, b: Index | null): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const rank = rankOf(a) - rankOf(b);
  return rank === 0 ? compareTexts(String(a), String(b)) : rank;
}

const rankOf = (index: Index | null): number => (index === null ? 0 : typeof index === 'number' ? 1 : 2);

const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
