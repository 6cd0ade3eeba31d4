import { describe, expect, it } from 'vitest';
import { DEFAULT_PAUSE_MODE } from '../protocol/signals.ts';
import { openApiDocument } from './openapi.ts';
import { ROUTES } from './routes/index.ts';

/** Of `@redocly/openapi-core`: its own types cost a compiler more than all of `src/api`, so they are not asked for. */
interface Linter {
  readonly createConfig: (config: { readonly extends: readonly string[] }) => Promise<object>;
  readonly lintFromString: (options: { readonly source: string; readonly config: object }) => Promise<
    readonly {
      readonly ruleId: string;
      readonly message: string;
      readonly location: readonly { readonly pointer?: string }[];
    }[]
  >;
}
const LINTER: string = '@redocly/openapi-core';

it('the document has nothing that a strict linter finds fault with', async () => {
  const { createConfig, lintFromString } = (await import(LINTER)) as Linter;
  const config = await createConfig({ extends: ['recommended-strict'] });
  const source = JSON.stringify(openApiDocument(ROUTES));
  const found = await lintFromString({ source, config });
  expect(found.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
});

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly schema: Schema }[];
}

describe('what makes generated clients wrong', () => {
  const document = openApiDocument(ROUTES) as unknown as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

  it('no parameter takes null', () => {
    const nullable = operations.flatMap(({ operationId, parameters = [] }) =>
      parameters
        .filter(({ schema }) => Array.isArray(schema.type) && schema.type.includes('null'))
        .map(({ name }) => `${operationId} ${name}`),
    );
    expect(nullable).toEqual([]);
  });

  it('nothing that may be left out of a body has a default, which would make it required', () => {
    const wrong = Object.entries(document.components.schemas).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, property]) => 'default' in property)
        .map(([member]) => `${name}.${member}`),
    );
    expect(wrong).toEqual([]);
    expect(document.components.schemas['PauseCommand']?.properties?.['mode']).toMatchObject({
      description: expect.stringContaining(`Default: "${DEFAULT_PAUSE_MODE}".`),
    });
  });

  it('every name is one in every language', () => {
    const names = [...operations.map((one) => one.operationId), ...Object.keys(document.components.schemas)];
    expect(names.filter((name) => !/^[A-Za-z][A-Za-z0-9]*$/.test(name))).toEqual([]);
  });
});
