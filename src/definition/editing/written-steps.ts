/** The steps of a definition as they are written, to be changed: what edits need of a text, and a text as one document. */
import { isMap, isSeq, parseDocument, type Document, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Json, JsonObject } from '../../plan/json.ts';

export interface SetOptions {
  /** Between brackets. */
  readonly flow?: boolean;
}

/** Places count from 0, as the steps stand at the time. */
export interface WrittenSteps {
  /** Empty for what has none. */
  keys(): readonly string[];
  dependencies(place: number): readonly string[];
  /** @param value undefined takes the member away */
  set(place: number, member: string, value: Json | undefined, options?: SetOptions): void;
  /** Comes before the one that stands there. */
  insert(place: number, step: JsonObject): void;
  remove(place: number): void;
  /** The whole definition. */
  text(): string;
}

export class StepNodes implements WrittenSteps {
  readonly #document: Document;
  readonly #steps: YAMLSeq<YAMLMap>;

  private constructor(document: Document, steps: YAMLSeq<YAMLMap>) {
    this.#document = document;
    this.#steps = steps;
  }

  /** Null where there is no list of steps. */
  static of(source: string): StepNodes | null {
    const document = parseDocument(source);
    const steps = document.get('steps');
    return isSeq(steps) ? new StepNodes(document, steps as YAMLSeq<YAMLMap>) : null;
  }

  keys(): readonly string[] {
    return this.#steps.items.map(keyOf);
  }

  dependencies(place: number): readonly string[] {
    const step = this.#steps.items[place];
    return isMap(step) ? dependenciesOf(step) : [];
  }

  set(place: number, member: string, value: Json | undefined, options?: SetOptions): void {
    const step = this.#steps.items[place];
    if (isMap(step)) setMember(this.#document, step, member, value, options);
  }

  insert(place: number, step: JsonObject): void {
    this.#steps.items.splice(place, 0, this.#document.createNode(step) as YAMLMap);
  }

  remove(place: number): void {
    this.#steps.items.splice(place, 1);
  }

  text(): string {
    return this.#document.toString({ lineWidth: 0 });
  }
}

export function setMember(
  document: Document,
  step: YAMLMap,
  member: string,
  value: Json | undefined,
  options: SetOptions = {},
): void {
  if (value === undefined) step.delete(member);
  else step.set(member, document.createNode(value, options));
}

export const keyOf = (step: unknown): string => (isMap(step) ? nameOf(step.get('key')) : '');

export function dependenciesOf(step: YAMLMap): readonly string[] {
  const written: unknown = step.get('dependencies');
  return isSeq(written) ? namesOf(written.toJSON()) : namesOf(written);
}

/** One name, or a list of them; what is none is for the compiler to judge. */
export function namesOf(written: unknown): readonly string[] {
  return (Array.isArray(written) ? (written as unknown[]) : [written])
    .map(nameOf)
    .filter((name) => name !== '');
}

export const nameOf = (written: unknown): string => (typeof written === 'string' ? written : '');
