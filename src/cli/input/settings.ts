/** What is to be other when a run goes on from a checkpoint, from the command line, in the form of the API. */
import type { Command } from 'commander';
import { faultOfKey } from '../../plan/address.ts';
import type { Json } from '../../plan/json.ts';
import type { ApiClient } from '../client/api-client.ts';
import { CliError, EXIT } from '../exit.ts';
import { readInputs, typesOfRun, type InputTypes } from './inputs.ts';
import { textArgument } from './text-argument.ts';
import { looseValue } from './typed-text.ts';

export interface SettingOptions {
  readonly set: readonly string[];
  readonly prompt: readonly string[];
  readonly model: readonly string[];
  readonly result: readonly string[];
  readonly definition?: string;
}

interface StepSet {
  prompt?: string;
  model?: string;
  result?: Json;
}

/** As `set`, and a variant of a fork, are sent. */
export interface SettingsBody {
  inputs?: Record<string, unknown>;
  prompt?: string;
  model?: string;
  steps?: Record<string, StepSet>;
  definition?: string;
}

export interface VariantBody extends SettingsBody {
  readonly label: string;
}

/** Characters of a value: more than a step may have as its result. */
const MAX_VALUE = 64 * 1024;
const MAX_LABEL = 100;

export function withSettings(command: Command): Command {
  return command
    .option('--set <inputs.key=value>', 'an input that is other than it was', collect, [])
    .option('--prompt <[step=]text>', 'what an agent is told (@file, -); of the step of --from', collect, [])
    .option('--model <[step=]model>', 'provider/model of an agent; of the step of --from', collect, [])
    .option('--result <step=json>', 'a step has this result (step=@file)', collect, [])
    .option('--definition <name@version>', 'go on with another published definition');
}

const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

/** True where anything is to be other. */
export function hasSettings({ set, prompt, model, result, definition }: SettingOptions): boolean {
  return definition !== undefined || [set, prompt, model, result].some((list) => list.length > 0);
}

/** @throws CliError for what cannot be read */
export async function settingsBody(
  client: ApiClient,
  runId: string,
  { set, prompt, model, result, definition }: SettingOptions,
): Promise<SettingsBody> {
  const pairs = set.map(inputPair);
  const types = await typesOfRun(client, runId, pairs);
  const body: SettingsBody = { inputs: readInputs(pairs, undefined, types) };
  for (const text of prompt) put(body, 'prompt', ...ofStep(text));
  for (const text of model) put(body, 'model', ...ofStep(text));
  for (const text of result) {
    const [step, value] = ofStep(text);
    if (step === null) throw wrong(`--result ${text}: write --result STEP=JSON`);
    put(body, 'result', step, value);
  }
  if (definition !== undefined) body.definition = definition;
  return body;
}

const VARIANT =
  /^(?:([^:=]+):)?(?:inputs\.(?<input>[^=]+)|(?:(?<step>[^=]+)\.)?(?<what>prompt|model|result)|(?<definition>definition))=(?<value>.*)$/s;

/**
 * `[LABEL:]model=…`, `[LABEL:]STEP.prompt=…`, `[LABEL:]inputs.KEY=…`: those of one label are one branch; without a label each
 * is one of its own.
 *
 * @throws CliError for what says none of these
 */
export async function variantBodies(
  client: ApiClient,
  runId: string,
  texts: readonly string[],
): Promise<readonly VariantBody[]> {
  const types = texts.length === 0 ? {} : await typesOfRun(client, runId, texts);
  const bodies = new Map<string, VariantBody>();
  for (const text of texts) {
    const found = VARIANT.exec(text);
    if (found === null) {
      const forms =
        'model=NAME, STEP.model=NAME, STEP.prompt=TEXT, STEP.result=JSON, inputs.KEY=VALUE or definition=NAME@VERSION';
      throw wrong(`--variant ${text}: write ${forms}, with LABEL: before it where several belong together`);
    }
    const label = found[1] ?? text.slice(0, MAX_LABEL);
    const body = bodies.get(label) ?? { label };
    bodies.set(label, body);
    putVariant(body, found.groups ?? {}, types, text);
  }
  return [...bodies.values()];
}

type Groups = Readonly<Record<string, string | undefined>>;

function putVariant(body: VariantBody, groups: Groups, types: InputTypes, text: string): void {
  const { input, step = null, what, definition, value = '' } = groups;
  if (input !== undefined) {
    body.inputs = { ...body.inputs, ...readInputs([`${input}=${value}`], undefined, types) };
  } else if (definition !== undefined) body.definition = value;
  else if (what === 'result' && step === null) throw wrong(`--variant ${text}: write STEP.result=JSON`);
  else put(body, what as keyof StepSet, step, value);
}

function put(body: SettingsBody, what: keyof StepSet, step: string | null, text: string): void {
  const said = what === 'model' ? text : textArgument(text, `the ${what}`, MAX_VALUE);
  const value: StepSet = what === 'result' ? { result: looseValue(said) } : { [what]: said };
  if (step === null) Object.assign(body, value);
  else body.steps = { ...body.steps, [step]: { ...body.steps?.[step], ...value } };
}

/** `STEP=…`: what stands before the first `=` and is a step's name. `=` in front: the text itself begins like that. */
function ofStep(text: string): [string | null, string] {
  const at = text.indexOf('=');
  const key = text.slice(0, Math.max(0, at));
  if (at === 0) return [null, text.slice(1)];
  return at > 0 && faultOfKey(key) === null ? [key, text.slice(at + 1)] : [null, text];
}

/** @throws CliError for what names no input */
function inputPair(text: string): string {
  const pair = /^inputs\.(.+)$/s.exec(text)?.[1];
  if (pair !== undefined) return pair;
  throw wrong(`--set ${text}: write --set inputs.KEY=VALUE`);
}

/** `2usd`, `50000tokens`, or both with a comma. @throws CliError for anything else */
export function budgetBody(text: string): { tokens?: number; cost_usd?: number } {
  const budget: { tokens?: number; cost_usd?: number } = {};
  for (const part of text.split(',')) {
    const found = /^(\d+(?:\.\d+)?) *(usd|tokens)$/i.exec(part.trim());
    const amount = Number(found?.[1]);
    if (found === null || !(amount > 0))
      throw wrong(`--budget ${text}: write 2usd, 50000tokens, or both with a comma`);
    if (found[2]?.toLowerCase() === 'usd') budget.cost_usd = amount;
    else budget.tokens = amount;
  }
  return budget;
}

const wrong = (message: string): CliError => new CliError(EXIT.usage, message, { code: 'option_unclear' });
