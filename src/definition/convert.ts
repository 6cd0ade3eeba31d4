/**
 * A definition's text in the other format, JSON or YAML, with the same members in the same order.
 *
 * Numbers keep the form that they are written in wherever the other format has it. Comments and anchors do not: JSON has
 * none. Whether both texts mean the same is for the caller to see, by compiling both.
 */
import { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Scalar } from 'yaml';
import type { Format } from './source.ts';

/** @param text a definition that compiles */
export function convertDefinition(text: string, to: Format): string {
  const document = parseDocument(text, { intAsBigInt: true });
  return to === 'json' ? `${jsonText(document.contents, document, '')}\n` : yamlText(document);
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

function jsonText(node: unknown, document: Document, indent: string): string {
  const deeper = `${indent}  `;
  const inner = (child: unknown) => jsonText(child, document, deeper);
  if (isAlias(node)) return jsonText(node.resolve(document), document, indent);
  if (isSeq(node)) return enclosed('[', node.items.map(inner), ']', indent);
  if (isMap(node)) {
    const members = node.items.map(({ key, value }) => `${JSON.stringify(nameOf(key))}: ${inner(value)}`);
    return enclosed('{', members, '}', indent);
  }
  return isScalar(node) ? scalarText(node) : 'null';
}

function enclosed(open: string, items: readonly string[], close: string, indent: string): string {
  if (items.length === 0) return `${open}${close}`;
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(',\n')}\n${indent}${close}`;
}

function scalarText({ value, source }: Scalar): string {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  if (!isNumber) return JSON.stringify(value ?? null);
  return source !== undefined && JSON_NUMBER.test(source) ? source : String(value);
}

/** A member's name as text, as it is written. */
function nameOf(key: unknown): string {
  if (!isScalar(key)) return String(key);
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}
