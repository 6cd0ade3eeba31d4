/** Inputs of a run from the command line: `-i key=value`, `-i key=@file`, `--input file.json`. */
import { readFileSync } from 'node:fs';
import { messageOf } from '../errors/errors.ts';
import { CliError, EXIT } from './exit.ts';

/**
 * Reads `--input` first, then each `-i` in turn. A value that is JSON is taken as such, anything else as text; `@file`
 * is the text of that file, `@@` stands for a leading `@`.
 *
 * @throws CliError for what cannot be read.
 */
export function readInputs(pairs: readonly string[], inputFile: string | undefined): Record<string, unknown> {
  const inputs = inputFile === undefined ? {} : objectIn(inputFile);
  for (const pair of pairs) {
    const [key, value] = splitPair(pair, '-i');
    inputs[key] = valueOf(value);
  }
  return inputs;
}

/** `key=value` pairs as they are, for labels. */
export function readPairs(pairs: readonly string[], option: string): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => splitPair(pair, option)));
}

/** The text of a file, `-` being stdin. */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CliError(EXIT.usage, `cannot read ${file}: ${messageOf(error)}`);
  }
}

function splitPair(pair: string, option: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw new CliError(EXIT.usage, `${option} ${pair}: write ${option} key=value`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function valueOf(text: string): unknown {
  if (text.startsWith('@@')) return text.slice(1);
  if (text.startsWith('@')) return readText(text.slice(1));
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function objectIn(file: string): Record<string, unknown> {
  const text = readText(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError(EXIT.usage, `--input ${file} is no JSON: ${messageOf(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CliError(EXIT.usage, `--input ${file}: a JSON object of inputs is needed`);
  }
  return value as Record<string, unknown>;
}
