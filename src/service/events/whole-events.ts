/**
 * Events with the whole of what they show the beginning of: what tools got and answered, what models and people said,
 * results, prompts, inputs. Bounded as stored-values.ts says; what is larger keeps its reference.
 */
import type { Json, JsonObject } from '../../plan/json.ts';
import { isBlobRef, type BlobRef, type SuppliedValue } from '../../protocol/values.ts';
import { findInputs } from './queries/find-inputs.ts';
import { listAnswerTexts } from './queries/list-answer-texts.ts';
import { listPrompts } from './queries/list-prompts.ts';
import type { Store } from '../ways/store.ts';
import type { EventRow } from '../views/event.ts';
import { refIn, withStored, type StoredValues } from '../views/stored.ts';
import { MAX_VALUE_BYTES, fitting, readStored } from '../values/stored-values.ts';

/** Members of an event's data that are `{value}` or `{ref}`. */
const SUPPLIED = ['input', 'output', 'prompt'];

/** The events of a run as they are to be shown; fewer, where all of them would be too much for one page. */
export async function wholeEvents<Row extends EventRow>(
  store: Store,
  runId: string,
  rows: readonly Row[],
): Promise<Row[]> {
  const added = await additions(store, runId, rows);
  const all = rows.map((row) => ({ ...row, data: withAdditions(row, added) }));
  const some = all.slice(0, await fitting(store, all.map(refsIn)));
  const stored = await readStored(store, some.flatMap(refsIn), true);
  return some.map((row) => ({ ...row, data: resolved(row.data, stored) }));
}

/** What stands elsewhere than in blobs. */
interface Additions {
  readonly texts: ReadonlyMap<string, string>;
  readonly prompts: ReadonlyMap<string, SuppliedValue>;
  readonly inputs: JsonObject | undefined;
}

async function additions(store: Store, runId: string, rows: readonly EventRow[]): Promise<Additions> {
  const all = rows.map(({ data }) => objectOf(data));
  const heads = all.map((data) => objectOf(data['message'])['head']).filter(isText);
  const questions = rows
    .filter(({ type }) => type === 'question')
    .map(({ data }) => objectOf(data)['question'])
    .filter(isText);
  const [texts, prompts, run] = await Promise.all([
    heads.length === 0
      ? []
      : store.all<{ head: string; text: string }>(listAnswerTexts(heads, MAX_VALUE_BYTES)),
    questions.length === 0
      ? []
      : store.all<{ id: string; prompt: SuppliedValue }>(listPrompts(runId, questions)),
    all.some((data) => 'cut' in data) ? store.first<{ inputs: JsonObject }>(findInputs(runId)) : undefined,
  ]);
  return {
    texts: new Map(texts.map(({ head, text }) => [head, text])),
    prompts: new Map(prompts.map(({ id, prompt }) => [id, prompt])),
    inputs: run?.inputs,
  };
}

function withAdditions({ type, data: sent }: EventRow, { texts, prompts, inputs }: Additions): JsonObject {
  const { cut, ...data } = objectOf(sent);
  if (type === 'workflow_start' && cut !== undefined && inputs !== undefined) return { ...data, inputs };
  const message = objectOf(data['message']);
  const text = isText(message['head']) ? texts.get(message['head']) : undefined;
  const { question } = data;
  const prompt = type === 'question' && isText(question) ? prompts.get(question) : undefined;
  return {
    ...data,
    ...(cut !== undefined && { cut }),
    ...(text !== undefined && { message: { ...message, text } }),
    ...(prompt !== undefined && { prompt: prompt as unknown as Json }),
  };
}

function refsIn({ data }: { readonly data: JsonObject }): BlobRef[] {
  const supplied = [...SUPPLIED.map((name) => data[name]), objectOf(data['call'])['input']];
  const inputs: readonly unknown[] = Object.values(objectOf(data['inputs']));
  return [...supplied.flatMap((one) => refIn(one) ?? []), ...inputs.filter(isBlobRef)];
}

function resolved(data: JsonObject, stored: StoredValues): JsonObject {
  const known = SUPPLIED.filter((name) => data[name] !== undefined);
  const supplied = known.map((name) => [name, suppliedJson(data[name], stored)] as const);
  const { call, inputs } = data;
  return {
    ...data,
    ...Object.fromEntries(supplied),
    ...(isObject(call) && { call: { ...call, input: suppliedJson(call['input'], stored) } }),
    ...(isObject(inputs) && { inputs: inputsJson(inputs, stored) }),
  };
}

function suppliedJson(supplied: Json | undefined, stored: StoredValues): Json {
  const ref = refIn(supplied);
  return ref === undefined ? (supplied ?? null) : withStored(ref, stored);
}

/** Among inputs a reference stands for its value. */
function inputsJson(inputs: JsonObject, stored: StoredValues): JsonObject {
  const all = Object.entries(inputs).map(([name, value]) => {
    const whole = isBlobRef(value) ? withStored(value, stored)['value'] : undefined;
    return [name, whole ?? value] as const;
  });
  return Object.fromEntries(all);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
