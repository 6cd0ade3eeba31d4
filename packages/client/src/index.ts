/** `@baton/client`: see docs/client.md. */
export { Baton } from './baton.ts';
export { BatonError, type ClientCode } from './errors.ts';
export type { BatonOptions, HeadersOption } from './sending/options.ts';
export type { Patience } from './sending/retry.ts';
export type { AnswerOf, CallInput, CallOptions, Method, PathOf } from './sending/calls.ts';
export type { Answered } from './sending/transport.ts';
export { Listing, type Page } from './reading/listing.ts';
export type { FollowOptions } from './reading/follow.ts';
export type { Outcome } from './rooms/outcome.ts';
export type { EventsQuery, FollowEvents, FollowWords, KeyOptions, RunsQuery } from './rooms/runs.ts';
export type { MessagesQuery } from './rooms/messages.ts';
export type { QuestionsQuery } from './rooms/questions.ts';
export type { DefinitionOptions, WorkflowsQuery } from './rooms/workflows.ts';
export type * from './generated.ts';
export { parseJson, stringifyJson } from './json.ts';
