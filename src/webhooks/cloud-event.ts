/**
 * What is sent of an event: CloudEvents 1.0, structured JSON. Made once, when it is known who wants it, and kept: every
 * try and every later delivery has the same text.
 */
import { writeJson } from '../plan/exact-json.ts';
import type { JsonObject } from '../plan/json.ts';
import type { Mask } from './settings.ts';
import { maskJson } from '../secrets/masking.ts';

/** Before every name of an event. */
export const TYPE_PREFIX = 'dev.baton.';
/** Of the text; what an event itself holds is left out beyond it. */
const MAX_CHARS = 256 * 1024;

/** An event of a run's public record on its way out. */
export interface OutgoingEvent {
  readonly id: string;
  readonly position: number;
  readonly event: {
    readonly run_id: string;
    readonly seq: number;
    readonly type: string;
    readonly step: string | null;
    readonly attempt: number | null;
    readonly turn: number | null;
    /** As it is stored: absent or null of a plan that was never edited. */
    readonly revision?: number | null;
    readonly data: JsonObject;
    readonly caused_by: number | null;
    readonly previous: number | null;
    readonly at: string;
  };
}

/** The run as it stands when the text is made. */
export interface RunFacts {
  readonly id: string;
  readonly workflow: string;
  readonly version: string | null;
  readonly status: string;
  readonly labels: JsonObject;
}

export interface CloudEventContext {
  /** Without a slash at its end. */
  readonly publicUrl: string;
  readonly mask: Mask;
}

/** @param name one of the names of outgoing events */
export function cloudEventText(
  name: string,
  { id, event }: OutgoingEvent,
  run: RunFacts,
  context: CloudEventContext,
): string {
  const whole = textOf(name, id, event, run, context);
  if (whole.length <= MAX_CHARS) return whole;
  return textOf(name, id, { ...event, data: { left_out: 'too large; ask the API for it' } }, run, context);
}

function textOf(
  name: string,
  id: string,
  event: OutgoingEvent['event'],
  run: RunFacts,
  { publicUrl, mask }: CloudEventContext,
): string {
  const { run_id, seq, type, step, attempt, turn, data, caused_by, previous } = event;
  const at = new Date(event.at).toISOString();
  const revision = step === null ? null : (event.revision ?? 0);
  const told = { run_id, seq, type, step, attempt, turn, revision, data, caused_by, previous, at };
  const { workflow, version, status, labels } = run;
  return writeJson({
    ...envelope({ id, name, source: publicUrl, time: at }),
    // Ids and names may hold what a URI may not.
    subject: [run_id, ...(step === null ? [] : [step])].map(encodeURIComponent).join('/'),
    data: maskJson(
      {
        run: { id: run.id, workflow, version, status, labels },
        event: told,
        links: linksOf(event, publicUrl),
      },
      mask,
    ),
  });
}

/** What is sent where somebody wants to see whether anything arrives. */
export function testEventText(
  id: string,
  name: string,
  webhook: string,
  publicUrl: string,
  now: Date,
): string {
  return writeJson({
    ...envelope({ id, name, source: publicUrl, time: now.toISOString() }),
    subject: webhook,
    data: { webhook, message: 'This is a test: nothing has happened.', links: { console: publicUrl } },
  });
}

interface Envelope {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly time: string;
}

const envelope = ({ id, name, source, time }: Envelope) => ({
  specversion: '1.0',
  id,
  source,
  type: `${TYPE_PREFIX}${name}`,
  time,
  datacontenttype: 'application/json',
});

/** Where people see it, and answer it; and where programs read more. */
function linksOf({ run_id, type, data }: OutgoingEvent['event'], publicUrl: string): JsonObject {
  const run = encodeURIComponent(run_id);
  const { question } = data;
  const links = { console: `${publicUrl}/runs/${run}`, api: `${publicUrl}/api/v1/runs/${run}` };
  if (type !== 'question' || typeof question !== 'string') return links;
  return { ...links, answer: `${publicUrl}/inbox?question=${encodeURIComponent(question)}&run=${run}` };
}
