/** How a method of gRPC is an operation of HTTP: where its fields go, and what becomes of the answer. */
import type { Plain } from '../../../grpc/read-message.ts';
import type { Reply } from '../../http/endpoint.ts';
import type { Asked } from '../../inner/ask-endpoint.ts';

export interface Method {
  /** What is asked for a request. @throws InvalidError */
  readonly ask: (request: Plain) => Question;
  /** The response for an answer, by the names of its fields. */
  readonly answer: (reply: Reply) => object;
}

export interface Question {
  /** Of HTTP. */
  readonly operation: string;
  readonly asked: Asked;
  readonly fieldOf: FieldOf;
}

/** Where in the request's message a detail of HTTP stands. */
export type FieldOf = (path: string) => string;

interface Form {
  readonly operation: string;
  /** Fields that stand in the path of the route, by the names that they have there. */
  readonly params?: Readonly<Record<string, string>>;
  /** Where all other fields go. */
  readonly place: 'query' | 'body';
  /** What the body is made of them; default: they are it. */
  readonly bodyOf?: (fields: Plain) => unknown;
  readonly answer: (reply: Reply) => object;
}

/** A method whose fields are those of an operation, by the same names. */
export function method({ operation, params = {}, place, bodyOf = (fields) => fields, answer }: Form): Method {
  return {
    ask: ({ idempotency_key: key, ...request }) => {
      const inPath = new Set(Object.values(params));
      const rest = Object.fromEntries(Object.entries(request).filter(([name]) => !inPath.has(name)));
      return {
        operation,
        asked: {
          params: paramsOf(params, request),
          ...(place === 'query' ? { query: queryOf(rest) } : { body: bodyOf(rest) }),
          ...(typeof key === 'string' && { headers: { 'idempotency-key': key } }),
        },
        fieldOf: fieldsOf(params),
      };
    },
    answer,
  };
}

/** What was left out is an empty text, which each of them refuses. */
function paramsOf(params: Readonly<Record<string, string>>, request: Plain): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, field]) => {
      const value = request[field];
      return [name, typeof value === 'string' ? value : ''];
    }),
  );
}

/** As a URL would have it: texts, lists with commas. Only labels are repeated, since they may hold commas. */
export function queryOf(fields: Plain): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (Array.isArray(value)) return [name, name === 'label' ? value : value.join(',')];
      return [name, String(value)];
    }),
  );
}

/**
 * From the places of HTTP, such as `body.inputs` and `params.id`.
 *
 * @param names of fields by those that HTTP has for them, where they are others
 */
export function fieldsOf(
  params: Readonly<Record<string, string>>,
  names: Readonly<Record<string, string>> = {},
): FieldOf {
  return (path) => {
    const [place, name = '', ...further] = path.split('.');
    if (place === 'headers') return name.replaceAll('-', '_');
    if (place === 'params') return [params[name] ?? name, ...further].join('.');
    return place === 'query' || place === 'body' ? [names[name] ?? name, ...further].join('.') : path;
  };
}
