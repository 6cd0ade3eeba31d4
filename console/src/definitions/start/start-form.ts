/**
 * The form that a run is started with: one field for each input, as texts; and what they mean. Whatever is wrong is told
 * by the same check that the API makes. Pure.
 */
import { readJson, writeJson } from '../../../../src/plan/exact-json.ts';
import { checkInputs } from '../../../../src/plan/inputs.ts';
import type { Json } from '../../../../src/plan/json.ts';
import type { InputSpec } from '../../../../src/plan/plan.ts';

export type Specs = Readonly<Record<string, InputSpec>>;
/** What stands in the fields, by name. An empty one is not given. */
export type Drafts = Readonly<Record<string, string>>;

/** How an input is typed in. */
export type FieldKind = 'line' | 'text' | 'number' | 'choice' | 'json' | 'free';

export function fieldKind({ type, enum: choices, default: normal }: InputSpec): FieldKind {
  if (choices !== undefined || type === 'boolean') return 'choice';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'object' || type === 'array') return 'json';
  if (type === 'any') return 'free';
  return typeof normal === 'string' && normal.length < 60 && !normal.includes('\n') ? 'line' : 'text';
}

/** What is chosen from, each as it stands in its field. */
export function choicesOf({ type, enum: choices }: InputSpec): readonly string[] {
  if (choices === undefined) return type === 'boolean' ? ['true', 'false'] : [];
  return choices.map(draftOf);
}

/** The fields with the defaults in them, and over these what was handed over. */
export function draftsOf(specs: Specs, given: Readonly<Record<string, unknown>> = {}): Drafts {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { default: normal }]) => {
      const value = (Object.hasOwn(given, name) ? given[name] : normal) as Json | undefined;
      return [name, value === undefined ? '' : draftOf(value)];
    }),
  );
}

export interface Reading {
  /** Complete only without faults. */
  readonly inputs: Readonly<Record<string, Json>>;
  readonly faults: Readonly<Record<string, string>>;
}

/** What the fields say. */
export function readDrafts(specs: Specs, drafts: Drafts): Reading {
  const faults: Record<string, string> = {};
  const given: Record<string, Json> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const draft = drafts[name] ?? '';
    if (draft === '') continue;
    try {
      given[name] = valueOf(spec, draft);
    } catch (error) {
      faults[name] = error instanceof Error ? error.message : String(error);
    }
  }
  const unread = Object.fromEntries(Object.entries(specs).filter(([name]) => faults[name] === undefined));
  for (const { path, message } of checkInputs(unread, given).errors)
    faults[path.slice('inputs.'.length)] = message;
  return { inputs: given, faults };
}

/** @throws where the draft is no value of this kind */
function valueOf(spec: InputSpec, draft: string): Json {
  const { enum: choices } = spec;
  if (choices !== undefined) return choices.find((choice) => draftOf(choice) === draft) ?? draft;
  const kind = fieldKind(spec);
  if (kind === 'choice') return draft === 'true';
  if (kind === 'number') return numberOf(draft);
  if (kind === 'json') return jsonOf(draft);
  if (kind === 'free') return looseValue(draft);
  return draft;
}

function numberOf(draft: string): Json {
  const text = draft.trim();
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) throw new Error(`“${text}” is no number.`);
  return readJson(text.replace(/^(-?)0+(?=\d)/, '$1'));
}

function jsonOf(draft: string): Json {
  try {
    return readJson(draft);
  } catch (error) {
    throw new Error(`This is no JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** JSON where it is that, else text. */
export function looseValue(draft: string): Json {
  try {
    return readJson(draft);
  } catch {
    return draft;
  }
}

/** Texts as they are; all else as JSON. */
export function draftOf(value: Json): string {
  if (typeof value === 'string') return value;
  const isFlat = typeof value !== 'object' || value === null;
  return isFlat ? writeJson(value) : writeJson(value, 2);
}

/** `team=payments` lines as labels. @throws where a line is none */
export function readLabels(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').map((line) => line.trim());
  return Object.fromEntries(
    lines.flatMap((line) => {
      if (line === '') return [];
      const [name = '', ...rest] = line.split('=');
      if (rest.length === 0 || name.trim() === '') throw new Error(`Write “${line}” as name=value.`);
      return [[name.trim(), rest.join('=').trim()]];
    }),
  );
}

/** The words after `baton` that start the same run. */
export function commandOf(
  workflow: string,
  version: string | undefined,
  inputs: Reading['inputs'],
  more: {
    readonly labels: Readonly<Record<string, string>>;
    readonly id: string;
  },
): readonly string[] {
  const target = version === undefined ? workflow : `${workflow}@${version}`;
  const pair = (name: string, value: Json) =>
    `${name}=${typeof value === 'string' ? value.replace(/^@/, '@@') : writeJson(value)}`;
  return [
    'run',
    target,
    ...Object.entries(inputs).flatMap(([name, value]) => ['-i', pair(name, value)]),
    ...Object.entries(more.labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...(more.id === '' ? [] : ['--id', more.id]),
  ];
}
