/**
 * What an activity says must fit into one payload of Temporal (2 MB), or all of it is lost: the work, and what it has
 * cost. Large values are stored long before; this is for what nobody has thought of.
 */
import { jsonBytes, type Json } from '../plan/json.ts';
import type { FailureDetails } from '../protocol/failure.ts';
import { PAYLOAD_BYTES } from '../protocol/values.ts';
import { maskJson } from '../secrets/masking.ts';
import { StepFailure } from './step-failure.ts';

/** Half of what a payload may have: Temporal's own words stand around it. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** A plan is one payload, and nearly all of it; of the 2 MB that Temporal takes, some are its own. */
export const LARGEST_PLAN_BYTES = PAYLOAD_BYTES - 64 * 1024;
/** Longest text in the details of a failure. */
const TEXT_CHARS = 2_000;

/** @throws StepFailure `result_too_large`, with the usage and the session that the output speaks of */
export function assertTravels(output: unknown, most = MAX_OUTPUT_BYTES): void {
  if (output === undefined) return;
  const bytes = jsonBytes(output as Json);
  if (bytes <= most) return;
  const { usage, session } = (output ?? {}) as Pick<FailureDetails, 'usage' | 'session'>;
  throw new StepFailure(
    'result_too_large',
    `What the activity has to say has ${bytes} bytes; at most ${most} can travel. Let it do less at once.`,
    { ...(usage === undefined ? {} : { usage }), ...(session === undefined ? {} : { session }) },
  );
}

/** Details with endless texts cut (a vendor's name for its model may be anything). */
export function shortDetails<D extends object>(details: D): D {
  return maskJson(details as unknown as Json, shortText) as unknown as D;
}

function shortText(text: string): string {
  return text.length <= TEXT_CHARS ? text : `${text.slice(0, TEXT_CHARS - 1)}…`;
}
