/**
 * Every problem that the API can answer: its stable code, status and title. `docs/errors.md` explains each, and a test
 * keeps both in step.
 */
export const PROBLEMS = {
  // The request is wrong: change it.
  invalid_request: { status: 400, title: 'The request is not in its form' },
  invalid_json: { status: 400, title: 'The body is not JSON' },
  invalid_cursor: { status: 400, title: 'The cursor was not made by this list' },
  invalid_text: { status: 400, title: 'A text holds characters that cannot be stored' },
  request_aborted: { status: 400, title: 'The request ended before its body' },
  cross_origin: { status: 403, title: 'A page of another origin may not call this API' },
  host_refused: { status: 403, title: 'This address is served under loopback names only' },
  route_not_found: { status: 404, title: 'There is no such route' },
  run_not_found: { status: 404, title: 'There is no such run' },
  step_not_found: { status: 404, title: 'The run has no such step' },
  workflow_not_found: { status: 404, title: 'There is no such workflow' },
  version_not_found: { status: 404, title: 'The workflow has no such version' },
  output_not_found: { status: 404, title: 'There is no output' },
  blob_not_found: { status: 404, title: 'There is no such stored value' },
  method_not_allowed: { status: 405, title: 'The route does not know this method' },
  run_exists: { status: 409, title: 'The run id is taken' },
  run_closed: { status: 409, title: 'The run has ended' },
  command_refused: { status: 409, title: 'The run refused the command' },
  idempotency_key_reused: { status: 409, title: 'The Idempotency-Key was used for another request' },
  version_exists: { status: 409, title: 'The version is published with other content' },
  workflow_archived: { status: 409, title: 'The workflow is archived' },
  body_too_large: { status: 413, title: 'The body is too large' },
  inputs_too_large: { status: 413, title: 'The inputs are too large' },
  unsupported_media_type: { status: 415, title: 'The body is of a type that this route does not take' },
  definition_invalid: { status: 422, title: 'The definition is wrong' },
  inputs_invalid: { status: 422, title: 'The inputs are wrong' },
  // Not the caller's doing.
  internal: { status: 500, title: 'Something went wrong inside Baton' },
  database_unavailable: { status: 503, title: 'The database is away' },
  temporal_unavailable: { status: 503, title: 'Temporal is away' },
  command_queue_full: { status: 503, title: 'Too many commands wait for this run' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The title of a code, also of one that is not in the list. */
export function titleOf(code: string): string {
  return Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code as ProblemCode].title : code.replaceAll('_', ' ');
}
