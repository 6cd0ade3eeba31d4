/** Is it a request that the API takes? Judged by the OpenAPI document, as everybody else would. */
import { parseArgs } from 'node:util';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { messageOf } from '../../src/errors/errors.ts';
import { openApiDocument } from '../../src/api/openapi.ts';
import { ROUTES } from '../../src/api/routes/index.ts';

interface Content {
  readonly [type: string]: { readonly schema: object };
}

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  /** `/api/v1/runs/{id}`. */
  readonly path: string;
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const document = openApiDocument(ROUTES) as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

export const OPERATIONS: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([method]) => METHODS.includes(method))
    .map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
);

/** Keywords of OpenAPI that are none of JSON Schema are let pass; everything else is meant. */
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'api', components: document.components });
const compiled = new Map<object, ValidateFunction>();

/** What of a value does not fit a schema of the document, or null. */
export function misfit(schema: object, value: unknown): string | null {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/');
    compiled.set(schema, (validate = ajv.compile(JSON.parse(text) as object)));
  }
  return validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: 'it' });
}

/** The schema that the document calls by this name. */
export function schemaNamed(name: string): object {
  if (document.components.schemas[name] === undefined) {
    throw new Error(
      `OpenAPI has no schema ${name}; it has ${Object.keys(document.components.schemas).join(', ')}`,
    );
  }
  return { $ref: `#/components/schemas/${name}` };
}

/** The operation of a request. What stands for a value in the path may be anything without a slash. */
export function operationFor(method: string, path: string): Operation | undefined {
  const fitting = OPERATIONS.filter(
    (operation) =>
      operation.method === method &&
      new RegExp(`^${operation.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  // The one with the fewest values: `/workflows/validate` is no workflow's name.
  return fitting.toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | undefined;
}

/** What a command line of curl would send. @throws Error for an option that is not known here */
export function requestOf(args: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      request: { type: 'string', short: 'X' },
      header: { type: 'string', short: 'H', multiple: true },
      data: { type: 'string', short: 'd' },
      'data-binary': { type: 'string' },
      'no-buffer': { type: 'boolean', short: 'N' },
      silent: { type: 'boolean', short: 's' },
      fail: { type: 'boolean', short: 'f' },
    },
  });
  const body = values.data ?? values['data-binary'];
  const [address = ''] = positionals;
  const headers = (values.header ?? []).map((line) => {
    const [name = '', ...rest] = line.split(':');
    return [name.trim().toLowerCase(), rest.join(':').trim()] as const;
  });
  return {
    method: values.request ?? (body === undefined ? 'GET' : 'POST'),
    url: new URL(address.includes('://') ? address : `http://${address}`),
    headers: new Map(headers),
    body,
  };
}

/** Why the API would not take this request, or null. */
export function requestFault({ method, url, headers, body }: Request): string | null {
  const operation = operationFor(method, url.pathname);
  if (operation === undefined) return `OpenAPI has no ${method} ${url.pathname}`;
  const names = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query')
    .map(({ name }) => name);
  const unknown = [...url.searchParams.keys()].filter((name) => !names.includes(name));
  if (unknown.length > 0) return `${method} ${operation.path} has no parameter ${unknown.join(', ')}`;
  return bodyFault(operation, headers.get('content-type'), body);
}

function bodyFault(
  { requestBody, method, path }: Operation,
  type: string | undefined,
  body: string | undefined,
) {
  if (body === undefined) return null;
  if (requestBody === undefined) return `${method} ${path} takes no body`;
  const { schema } = requestBody.content[type ?? ''] ?? {};
  if (schema === undefined) {
    return `${method} ${path} takes ${Object.keys(requestBody.content).join(', ')}; this is ${type ?? "curl's form"}`;
  }
  if (type !== 'application/json' || body.startsWith('@')) return null;
  try {
    const fault = misfit(schema, JSON.parse(body));
    return fault === null ? null : `the body of ${method} ${path}: ${fault}`;
  } catch (error) {
    return `the body is no JSON: ${messageOf(error)}`;
  }
}
