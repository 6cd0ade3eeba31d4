/** Makes a span of what is known: what is null says nothing, and no span ends before it begins. */
import type { Attributes, RunLink, Span, SpanEvent, SpanKind } from '../../tracing/span.ts';
import { BATON, ERROR_TYPE } from './names.ts';

export interface Known {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  /** `internal` unless told. */
  readonly kind?: SpanKind;
  /** ISO texts in UTC. */
  readonly from: string;
  readonly to: string;
  /** The type of the error that it ended with. */
  readonly error: string | null;
  readonly attributes: Readonly<Record<string, Attributes[string] | null | undefined>>;
  readonly events?: readonly SpanEvent[];
  readonly links?: readonly RunLink[];
}

export function spanOf({ id, parent, name, kind = 'internal', from, to, error, ...more }: Known): Span {
  const isSkewed = to < from;
  const { attributes, events = [], links = [] } = more;
  const marks = { [ERROR_TYPE]: error, [BATON.clock]: isSkewed ? true : null };
  return {
    ...{ id, parent, name: cut(name, MOST_NAME), kind, from, to: isSkewed ? from : to, error },
    ...{ attributes: knownOf({ ...attributes, ...marks }), events, links },
  };
}

function knownOf(attributes: Known['attributes']): Attributes {
  const known = Object.entries(attributes).flatMap(([name, value]) =>
    value == null ? [] : [[name, typeof value === 'string' ? cut(value, MOST_CHARS) : value] as const],
  );
  return Object.fromEntries(known);
}

/** Models name tools as they like. */
const MOST_NAME = 200;
const MOST_CHARS = 1_000;

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
