/** The steps of a text whose outline is known: what is not touched stays to the letter, and is not looked at. */
import { Document, isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { writeJson } from '../../plan/exact-json.ts';
import { valueAt, type Json, type JsonObject } from '../../plan/json.ts';
import { jsonFault } from '../text/json-syntax.ts';
import type { Outline } from '../text/outline.ts';
import {
  dependenciesOf,
  keyOf,
  nameOf,
  namesOf,
  setMember,
  type SetOptions,
  type WrittenSteps,
} from './written-steps.ts';

/** A step as it is read to be changed, and what stands between it and the next. */
interface Opened {
  readonly document: Document;
  readonly step: YAMLMap;
  readonly rest: string;
}

/** A step, and all that stands between it and the next one. */
interface Part {
  readonly key: string;
  readonly dependencies: readonly string[];
  readonly text: string;
  readonly opened: Opened | null;
}

export class StepParts implements WrittenSteps {
  readonly #outline: Outline;
  readonly #parts: Part[];
  #head: string;

  constructor(outline: Outline) {
    const { text, starts, end, steps } = outline;
    this.#outline = outline;
    this.#head = text.slice(0, starts[0]);
    this.#parts = starts.map((start, at) => ({
      key: nameOf(valueAt(steps[at], ['key'])),
      dependencies: namesOf(valueAt(steps[at], ['dependencies'])),
      text: text.slice(start, starts[at + 1] ?? end),
      opened: null,
    }));
  }

  keys(): readonly string[] {
    return this.#parts.map(({ key }) => key);
  }

  dependencies(place: number): readonly string[] {
    return this.#parts[place]?.dependencies ?? [];
  }

  set(place: number, member: string, value: Json | undefined, options?: SetOptions): void {
    const part = this.#partAt(place);
    const opened = part.opened ?? this.#open(part.text);
    setMember(opened.document, opened.step, member, value, options);
    const dependencies = dependenciesOf(opened.step);
    this.#parts[place] = { ...part, opened, key: keyOf(opened.step), dependencies };
  }

  insert(place: number, step: JsonObject): void {
    const key = nameOf(step['key']);
    const dependencies = namesOf(step['dependencies']);
    const before = this.#parts[place - 1];
    const written = this.#textOf(new Document([step]), step);
    if (before === undefined) {
      // Only where all that there were have gone.
      this.#parts.splice(place, 0, { key, dependencies, text: written, opened: null });
      return;
    }
    const { body, rest } = this.#halves(before);
    const { form } = this.#outline;
    const between = form.block ? '' : this.#separator();
    const text = form.block ? written + rest : written + (place < this.#parts.length ? rest : '');
    this.#parts[place - 1] = { ...before, text: body + between, opened: null };
    this.#parts.splice(place, 0, { key, dependencies, text, opened: null });
  }

  remove(place: number): void {
    const { rest } = this.#halves(this.#partAt(place));
    const isLast = place === this.#parts.length - 1;
    this.#parts.splice(place, 1);
    if (this.#outline.form.block) this.#append(place - 1, rest);
    else if (isLast) this.#append(place - 1, '');
  }

  text(): string {
    const { text, end } = this.#outline;
    return [this.#head, ...this.#parts.map((part) => this.#whole(part)), text.slice(end)].join('');
  }

  /** What stood behind a step that has gone; a comment above that was about it goes with it. */
  #append(place: number, rest: string): void {
    const before = this.#parts[place];
    if (before === undefined) this.#head = withoutComment(this.#head) + rest;
    else if (this.#outline.form.block)
      this.#parts[place] = { ...before, text: withoutComment(this.#whole(before)) + rest, opened: null };
    else this.#parts[place] = { ...before, text: this.#halves(before).body, opened: null };
  }

  #partAt(place: number): Part {
    const part = this.#parts[place];
    if (part === undefined) throw new RangeError(`there is no step at ${place}`);
    return part;
  }

  #whole(part: Part): string {
    const { body, rest } = part.opened === null ? { body: part.text, rest: '' } : this.#halves(part);
    return body + rest;
  }

  /** The step, and what stands between it and the next. */
  #halves(part: Part): { readonly body: string; readonly rest: string } {
    const { opened } = part;
    if (opened === null) return this.#split(part.text);
    return {
      body: this.#textOf(opened.document, opened.step.toJSON() as Json, part.text),
      rest: opened.rest,
    };
  }

  #split(text: string): { readonly body: string; readonly rest: string } {
    const end = this.#outline.form.block ? endOfLines(text) : text.replace(/\s*,?\s*$/, '').length;
    const body = text.slice(0, end);
    const rest = text.slice(end);
    return this.#outline.form.block && !body.endsWith('\n') ? { body: `${body}\n`, rest } : { body, rest };
  }

  #open(text: string): Opened {
    const { body, rest } = this.#split(text);
    const whole = this.#outline.form.block ? body : `[${body}]`;
    const document = parseDocument(whole, { intAsBigInt: true });
    const step = isSeq(document.contents) ? document.contents.items[0] : undefined;
    if (!isMap(step)) throw new Error('a part of a list of steps is no step');
    return { document, step, rest };
  }

  /** @param former as it was written before: JSON stays JSON */
  #textOf(document: Document, value: Json, former = '{}'): string {
    const { form } = this.#outline;
    if (!form.block) {
      if (jsonFault(this.#split(former).body) === null) return writeJson(value);
      return document
        .toString({ lineWidth: 0 })
        .trim()
        .replace(/^\[\s*|\s*\]$/g, '');
    }
    const lines = document.toString({ lineWidth: 0 }).split('\n');
    return lines.map((line) => (line === '' ? line : form.indent + line)).join('\n');
  }

  /** As it stands between steps that there are. */
  #separator(): string {
    const [first] = this.#parts;
    const found = first === undefined || this.#parts.length < 2 ? '' : this.#halves(first).rest;
    return found.includes(',') ? found : ', ';
  }
}

/** Where the lines of the step end that `text` begins with. */
function endOfLines(text: string): number {
  const { contents } = parseDocument(text);
  const step = isSeq(contents) ? (contents.items[0] as YAMLMap | undefined) : undefined;
  const end = step?.range?.[1] ?? text.length;
  if (text.charAt(end - 1) === '\n') return end;
  const line = text.indexOf('\n', end);
  return line < 0 ? text.length : line + 1;
}

/** Without the lines of comment that it ends with. */
function withoutComment(text: string): string {
  return text.replace(/(?<=^|\n)(?:[ \t]*#[^\n]*\n)+$/, '');
}
