/**
 * Everything an expression may call. The compiler refuses other names, so that what CEL offers beyond this (clocks,
 * time zones, bytes) cannot make a workflow and its replay differ.
 */
import type { Environment } from '@marcbachmann/cel-js';
import { NumberOutOfRange, readJson, writeJson } from '../plan/exact-json.ts';
import { ExpressionError } from './expression-error.ts';
import { registerMissing } from './missing.ts';
import { charge, dialect, spend } from './meter.ts';
import { matches } from './pattern.ts';
import { fromCel, membersOf, toCel, toText } from './values.ts';

/** Functions written `name(x)`. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['has', 'default', 'size', 'string', 'int', 'double', 'bool', 'json', 'parse_json', 'join', 'split'],
  ...['lower', 'upper', 'trim', 'replace', 'keys', 'values', 'sum'],
]);

/** Functions written `x.name()`. */
export const METHODS: ReadonlySet<string> = new Set([
  ...['size', 'contains', 'startsWith', 'endsWith', 'matches', 'join', 'split', 'lower', 'upper', 'trim'],
  ...['replace', 'indexOf', 'lastIndexOf', 'substring', 'all', 'exists', 'exists_one', 'map', 'filter'],
]);

/** Methods that go through a list with a variable of their own. */
export const LIST_MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** What CEL itself does not have, and what takes the place of its own. */
const ADDED: Readonly<Record<string, (...values: never[]) => unknown>> = {
  'json(dyn): string': (value: unknown) => writeJson(fromCel(value)),
  'parse_json(string): dyn': parseJson,
  'join(list, string): string': join,
  'split(string, string): list<string>': (text: string, by: string) => text.split(by),
  'lower(string): string': (text: string) => text.toLowerCase(),
  'upper(string): string': (text: string) => text.toUpperCase(),
  'trim(string): string': (text: string) => text.trim(),
  'replace(string, string, string): string': replace,
  'keys(map): list<dyn>': (map: unknown) => (membersOf(map) ?? []).map(([name]) => name),
  'values(map): list<dyn>': (map: unknown) => (membersOf(map) ?? []).map(([, member]) => member),
  'sum(list): dyn': sum,
  'string.lower(): string': (text: string) => text.toLowerCase(),
  'string.upper(): string': (text: string) => text.toUpperCase(),
  'string.replace(string, string): string': replace,
  'string.matches_within(string): bool': matches,
  'list.join_any(): string': (list: readonly unknown[]) => join(list, ''),
  'list.join_any(string): string': join,
};

/** Calls that go to another function than CEL's own of that name. */
export const REPLACED: Readonly<Record<string, string>> = { matches: 'matches_within', join: 'join_any' };

export function registerFunctions(environment: Environment): void {
  for (const [signature, call] of Object.entries(ADDED)) {
    environment.registerFunction(signature, call, { async: false });
  }
  const arithmetic = {
    '+': add,
    '-': (a: number, b: number) => a - b,
    '*': (a: number, b: number) => a * b,
    '/': divide,
  };
  for (const [operator, call] of Object.entries(arithmetic)) {
    const mixed = (a: number | bigint, b: number | bigint): number => call(Number(a), Number(b));
    environment.registerOperator(`int ${operator} double: double`, mixed);
    environment.registerOperator(`double ${operator} int: double`, mixed);
  }
  registerMissing(environment);
}

const add = (a: number, b: number): number => a + b;
const divide = (a: number, b: number): number => a / b;

function parseJson(text: string): unknown {
  spend(dialect() > 1 ? parsingCost(text) : text.length >> 3);
  try {
    return toCel(dialect() > 1 ? readJson(text) : JSON.parse(text));
  } catch (thrown) {
    if (thrown instanceof NumberOutOfRange)
      throw new ExpressionError(thrown.code, `parse_json: ${thrown.message}.`);
    throw new ExpressionError('expression_error', `parse_json: the text is no JSON: ${text.slice(0, 60)}`);
  }
}

/** Names cost most: objects that share none with each other are each of a kind of their own. */
function parsingCost(text: string): number {
  let units = 0;
  for (let at = 0; at < text.length; at++) units += PARSING_COSTS[text.charCodeAt(at)] ?? 0.02;
  return units;
}

const PARSING_COSTS: readonly number[] = Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (char === ':') return 2;
  return '[{,'.includes(char) ? 0.4 : 0.02;
});

function join(list: readonly unknown[], by: string): string {
  charge((list.length * by.length) / 60);
  return list.map(toText).join(by);
}

function replace(text: string, what: string, by: string): string {
  return text.replaceAll(what, () => by);
}

function sum(list: readonly unknown[]): number | bigint {
  if (list.every((one) => typeof one === 'bigint')) return list.reduce((all, one) => all + one, 0n);
  return list.reduce((all: number, one) => all + toNumber(one), 0);
}

function toNumber(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  throw new ExpressionError('expression_error', 'sum: the list must hold numbers only.');
}
