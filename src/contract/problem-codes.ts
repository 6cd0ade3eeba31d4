/**
 * Every problem that the API can answer: its stable code, status and title. `docs/errors.md` explains each, and a test
 * keeps both in step.
 */
export const PROBLEMS = {
  // The request is wrong: change it.
  invalid_request: { status: 400, title: 'The request is not in its form' },
  invalid_json: { status: 400, title: 'The body is not JSON' },
  number_out_of_range: { status: 400, title: 'A number of the body cannot be kept' },
  invalid_cursor: { status: 400, title: 'The cursor was not made by this list' },
  edit_invalid: { status: 400, title: 'The edit does not fit the definition' },
  answer_invalid: { status: 400, title: 'The answer does not fit its question' },
  invalid_text: { status: 400, title: 'A text holds characters that cannot be stored' },
  request_aborted: { status: 400, title: 'The request ended before its body' },
  cross_origin: { status: 403, title: 'A page of another origin may not call this API' },
  host_refused: { status: 403, title: 'This is not served under that name' },
  route_not_found: { status: 404, title: 'There is no such route' },
  run_not_found: { status: 404, title: 'There is no such run' },
  step_not_found: { status: 404, title: 'The run has no such step' },
  event_not_found: { status: 404, title: 'The run has no such event' },
  question_not_found: { status: 404, title: 'The run has no such question' },
  message_not_found: { status: 404, title: 'The run has no such message' },
  revision_not_found: { status: 404, title: 'The plan of the run has no such revision' },
  checkpoint_not_found: { status: 404, title: 'The run has no such checkpoint' },
  session_not_found: { status: 404, title: 'There is no such session' },
  workflow_not_found: { status: 404, title: 'There is no such workflow' },
  version_not_found: { status: 404, title: 'The workflow has no such version' },
  output_not_found: { status: 404, title: 'There is no output' },
  blob_not_found: { status: 404, title: 'There is no such stored value' },
  code_not_found: { status: 404, title: 'There is no such error code' },
  method_not_allowed: { status: 405, title: 'The route does not know this method' },
  run_exists: { status: 409, title: 'The run id is taken' },
  run_closed: { status: 409, title: 'The run has ended' },
  run_still_working: { status: 409, title: 'The run has not ended' },
  run_archived: { status: 409, title: 'The run is archived' },
  nothing_to_continue: { status: 409, title: 'There is nothing to go on with' },
  continue_in_progress: { status: 409, title: 'Somebody else continues the run' },
  session_of_another_run: { status: 409, title: 'The session belongs to another run' },
  session_of_another_workflow: { status: 409, title: 'The session belongs to another workflow' },
  plan_not_found: { status: 409, title: 'The plan of the run is not stored any more' },
  checkpoint_pruned: {
    status: 409,
    title: 'The checkpoint was pruned, or its history is not stored any more',
  },
  would_drop_messages: { status: 409, title: 'Messages that nobody has read would be dropped' },
  question_closed: { status: 409, title: 'The question is closed' },
  question_ambiguous: { status: 409, title: 'Several questions are open' },
  message_id_reused: { status: 409, title: 'The message id was used for another message' },
  message_read: { status: 409, title: 'The message was read already' },
  message_not_withdrawable: { status: 409, title: 'Such a message cannot be withdrawn' },
  command_refused: { status: 409, title: 'The run refused the command' },
  stale_revision: { status: 409, title: 'The plan of the run has changed since' },
  idempotency_key_reused: { status: 409, title: 'The Idempotency-Key was used for another request' },
  version_exists: { status: 409, title: 'The version is published with other content' },
  workflow_archived: { status: 409, title: 'The workflow is archived' },
  body_too_large: { status: 413, title: 'The body is too large' },
  message_too_large: { status: 413, title: 'The message is too long' },
  inputs_too_large: { status: 413, title: 'The inputs are too large' },
  unsupported_media_type: { status: 415, title: 'The body is of a type that this route does not take' },
  definition_invalid: { status: 422, title: 'The definition is wrong' },
  definition_too_costly: { status: 422, title: 'The definition takes too long to compile' },
  agents_unreadable: { status: 422, title: 'The directory of agents cannot be read' },
  inputs_invalid: { status: 422, title: 'The inputs are wrong' },
  // Not the caller's doing.
  internal: { status: 500, title: 'Something went wrong inside Baton' },
  compiler_busy: { status: 503, title: 'Too many definitions wait to be compiled' },
  server_busy: { status: 503, title: 'Too many requests are under way' },
  too_many_readers: { status: 503, title: 'Too many readers are connected' },
  disk_full: { status: 503, title: 'There is no room on the disk' },
  database_busy: { status: 503, title: 'Every connection to the database is in use' },
  database_unavailable: { status: 503, title: 'The database is away' },
  redis_unavailable: { status: 503, title: 'Redis is away' },
  temporal_unavailable: { status: 503, title: 'Temporal is away' },
  projection_behind: { status: 503, title: 'The tables have not caught up with the run' },
  command_queue_full: { status: 503, title: 'Too many commands wait for this run' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The title of a code, also of one that is not in the list. */
export function titleOf(code: string): string {
  return Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code as ProblemCode].title : code.replaceAll('_', ' ');
}
