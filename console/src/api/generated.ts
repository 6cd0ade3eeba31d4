/** The types of the API, which the client of Baton is made with: generated from OpenAPI (`npm run types -w console`). */
export type * from '../../../packages/client/src/generated.ts';
