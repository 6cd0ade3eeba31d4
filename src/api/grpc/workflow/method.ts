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
  readonly others?: 'query' | 'body';
  readonly answer: (body: never, status: number) => object;
}

/** A method whose fields are those of an operation, by the same names. */
export function method({ operation, params = {}, others = 'query', answer }: Form): Method {
  return {
    ask: ({ idempotency_key: key, ...request }) => {
      const rest = Object.fromEntries(
        Object.entries(request).filter(([name]) => !Object.values(params).includes(name)),
      );
      return {
        operation,
        asked: {
          params: paramsOf(params, request),
          ...(others === 'query' ? { query: queryOf(rest) } : { body: rest }),
          ...keyed(key),
        },
        fieldOf: fieldOf(params),
      };
    },
    answer: ({ body, status }) => answer(body as never, status),
  };
}

/** The parameters of a path. What was left out is an empty text, which each of them refuses. */
function paramsOf(params: Readonly<Record<string, string>>, request: Plain): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, field]) => {
      const value = request[field];
      return [name, typeof value === 'string' ? value : ''];
    }),
  );
}

/** The header for a key under which a start counts once. */
function keyed(key: unknown): Pick<Asked, 'headers'> {
  return typeof key === 'string' ? { headers: { 'idempotency-key': key } } : {};
}

/** As a URL would have it: texts, lists with commas. Only labels are repeated, since they may hold commas. */
function queryOf(fields: Plain): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (Array.isArray(value)) return [name, name === 'label' ? value : value.join(',')];
      return [name, String(value)];
    }),
  );
}

/** From the places of HTTP, such as `body.inputs` and `params.id`, to fields. */
function fieldOf(params: Readonly<Record<string, string>>): FieldOf {
  return (path) => {
    const [place, name = '', ...further] = path.split('.');
    if (place === 'headers') return name.replaceAll('-', '_');
    if (place === 'params') return [params[name] ?? name, ...further].join('.');
    return place === 'query' || place === 'body' ? [name, ...further].join('.') : path;
  };
}
