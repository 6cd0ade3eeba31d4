/** Writes `src/generated.ts`: the types of the API, from the same OpenAPI document that it serves. Not in git. */
import { writeFileSync } from 'node:fs';
import openApi, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { openApiDocument } from '../../../src/api/openapi.ts';
import { ROUTES } from '../../../src/api/routes/index.ts';

const document = JSON.parse(JSON.stringify(openApiDocument(ROUTES))) as OpenAPI3;
const types = await openApi(document, { rootTypes: true, rootTypesNoSchemaPrefix: true });
writeFileSync(new URL('../src/generated.ts', import.meta.url), astToString(types));
