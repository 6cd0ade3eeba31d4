/**
 * A definition's text in the other format, JSON or YAML, with the same members in the same order.
 *
 * Numbers keep the form that they are written in wherever the other format has it. Comments and anchors do not: JSON has
 * none. Whether both texts mean the same is for the caller to see, by compiling both.
 */
import { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Scalar } from 'yaml';
import type { Format } from './text/source.ts';

/** What becomes of numbers in a form that JSON does not have, such as 0755: fields for text keep it, others its value. */
export type OddNumbers = 'values' | 'texts';

/** @param text a definition that compiles */
export function convertDefinition(text: string, to: Format, odd: OddNumbers = 'values'): string {
  const document = parseDocument(text, { intAsBigInt: true });
  return to === 'json' ? `${new JsonText(document, odd).of(document.contents, '')}\n` : yamlText(document);
}

/** Block style throughout; each text in the style that reads best. */
function yamlText(document: Document): string {
  visit(document, {
    Collection: (_, node) => {
      node.flow = isSeq(node) && node.items.every((item) => isScalar(item)) && node.items.length < 6;
    },
    Scalar: (_, node) => {
      if (typeof node.value === 'string') delete node.type;
    },
  });
  return document.toString({ lineWidth: 0 });
}

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

class JsonText {
  readonly #document: Document;
  readonly #odd: OddNumbers;

  constructor(document: Document, odd: OddNumbers) {
    this.#document = document;
    this.#odd = odd;
  }

  of(node: unknown, indent: string): string {
    const inner = (child: unknown) => this.of(child, `${indent}  `);
    if (isAlias(node)) return this.of(node.resolve(this.#document), indent);
    if (isSeq(node)) return enclosed('[', node.items.map(inner), ']', indent);
    if (isMap(node)) {
      const members = node.items.map(({ key, value }) => `${JSON.stringify(nameOf(key))}: ${inner(value)}`);
      return enclosed('{', members, '}', indent);
    }
    return isScalar(node) ? this.#scalar(node) : 'null';
  }

  #scalar({ value, source }: Scalar): string {
    if (typeof value !== 'number' && typeof value !== 'bigint') return JSON.stringify(value ?? null);
    if (source === undefined || JSON_NUMBER.test(source)) return source ?? String(value);
    return this.#odd === 'texts' ? JSON.stringify(source) : String(value);
  }
}

function enclosed(open: string, items: readonly string[], close: string, indent: string): string {
  if (items.length === 0) return `${open}${close}`;
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(',\n')}\n${indent}${close}`;
}

/** A member's name as text, as it is written. */
function nameOf(key: unknown): string {
  if (!isScalar(key)) return String(key);
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}
