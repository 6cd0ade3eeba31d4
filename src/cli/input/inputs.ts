/** Inputs of a run from the command line: `-i key=value`, `-i key=@file`, `--input file.json`. */
import { readFileSync } from 'node:fs';
import { messageOf } from '../../errors/errors.ts';
import { readJson } from '../../plan/exact-json.ts';
import type { Json } from '../../plan/json.ts';
import type { InputType } from '../../plan/plan.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { WorkflowDetail } from '../../contract/workflow.ts';
import type { ToldRun } from '../client/told-run.ts';
import { CliError, EXIT } from '../exit.ts';
import { typedValue } from './typed-text.ts';

/** The declared types of inputs, by name. */
export type InputTypes = Readonly<Record<string, InputType>>;

/**
 * Reads `--input` first, then each `-i` in turn. A value is of the type that its input is declared with; of an input
 * without one, JSON where nothing of what was typed is lost, else text. `@file` is the text of that file, `@@` stands
 * for a leading `@`.
 *
 * @throws CliError for what cannot be read.
 */
export function readInputs(
  pairs: readonly string[],
  inputFile: string | undefined,
  types: InputTypes = {},
): Record<string, unknown> {
  const inputs = inputFile === undefined ? {} : objectIn(inputFile);
  for (const pair of pairs) {
    const [key, value] = splitPair(pair, '-i');
    inputs[key] = valueOf(key, value, Object.hasOwn(types, key) ? (types[key] ?? 'any') : 'any');
  }
  return inputs;
}

/** The types that a workflow (`NAME` or `NAME@VERSION`) declares; none where there is none to ask for. */
export async function inputTypes(client: ApiClient, workflow: string): Promise<InputTypes> {
  try {
    const { selected } = await client.json<WorkflowDetail>(`/workflows/${encodeURIComponent(workflow)}`);
    return Object.fromEntries(Object.entries(selected.inputs).map(([name, { type }]) => [name, type]));
  } catch (error) {
    // Whoever starts it is told what is wrong with it.
    if (error instanceof CliError && error.exitCode === EXIT.usage) return {};
    throw error;
  }
}

/** The same of a run's workflow, where there are inputs to read. */
export async function typesOfRun(
  client: ApiClient,
  runId: string,
  pairs: readonly string[],
): Promise<InputTypes> {
  if (pairs.length === 0) return {};
  const { workflow, version } = await client.json<ToldRun>(`/runs/${encodeURIComponent(runId)}`);
  return inputTypes(client, version === null ? workflow : `${workflow}@${version}`);
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

function valueOf(key: string, argument: string, type: InputType): Json {
  const isFile = argument.startsWith('@') && !argument.startsWith('@@');
  const text = isFile ? readText(argument.slice(1)) : argument.replace(/^@@/, '@');
  // What stands in a file or is marked as a text is one, unless something else is declared.
  if (type === 'any' && argument.startsWith('@')) return text;
  const value = typedValue(type, text);
  if (value !== undefined) return value;
  const shown = isFile ? argument : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  throw new CliError(
    EXIT.usage,
    `-i ${key}: ${shown} is no value of type ${type}, as which the input is declared; write ${EXAMPLES[type]}`,
    { code: 'input_type', path: `inputs.${key}` },
  );
}

const EXAMPLES: Readonly<Record<InputType, string>> = {
  string: 'a text',
  number: 'a number such as 1.5',
  integer: 'a whole number such as 42',
  boolean: 'true or false',
  object: 'JSON such as {"name": "value"}',
  array: 'JSON such as ["a", "b"]',
  any: 'any value',
};

function objectIn(file: string): Record<string, unknown> {
  const text = readText(file);
  let value: unknown;
  try {
    value = readJson(text);
  } catch (error) {
    throw new CliError(EXIT.usage, `--input ${file} is no JSON: ${messageOf(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CliError(EXIT.usage, `--input ${file}: a JSON object of inputs is needed`);
  }
  return value as Record<string, unknown>;
}
