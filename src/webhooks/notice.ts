/** What people are told of an event: one line, some facts, and where to look or answer. Pure. */
import { readJson, writeJson } from '../plan/exact-json.ts';
import type { Json, JsonObject } from '../plan/json.ts';
import { OUTGOING_EVENTS, type OutgoingName } from '../protocol/outgoing/event-names.ts';
import { TYPE_PREFIX } from './cloud-event.ts';

export interface Notice {
  /** One line, without markup. */
  readonly headline: string;
  /** What is asked, or went wrong; may be empty. */
  readonly text: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly link: { readonly text: string; readonly url: string };
}

/** Longest text of a question or an error. */
const MAX_CHARS = 2_000;

/** @param body text of a CloudEvent of ours */
export function noticeOf(body: string): Notice {
  const { type, data } = readJson<{ type: string; data: JsonObject }>(body);
  const links = objectIn(data['links']);
  const answer = textIn(links['answer']);
  const { headline, text } = said(type.slice(TYPE_PREFIX.length), data);
  const url = answer === '' ? textIn(links['console']) : answer;
  return {
    headline: oneLine(headline),
    text: cut(text),
    facts: factsOf(data),
    link: { text: answer === '' ? 'Look at it' : 'Answer', url },
  };
}

function said(name: string, data: JsonObject): { readonly headline: string; readonly text: string } {
  const workflow = textIn(objectIn(data['run'])['workflow']);
  const event = objectIn(data['event']);
  const details = objectIn(event['data']);
  const step = textIn(event['step']);
  const who = step === '' ? workflow : `${workflow}, step ${step}`;
  switch (name) {
    case 'question.asked':
      return { headline: `${workflow} asks something`, text: textIn(details['preview']) };
    case 'run.completed':
      return { headline: `${workflow} has completed`, text: textIn(details['output_preview']) };
    case 'run.failed':
    case 'run.timed_out':
      return { headline: `${workflow} has failed`, text: textIn(objectIn(details['error'])['message']) };
    case 'limit.near':
    case 'limit.reached':
      return { headline: `${who}: ${limitText(name, details)}`, text: '' };
    default:
      return { headline: headlineOf(name, who), text: textIn(data['message']) };
  }
}

const limitText = (name: string, { limit, used, of }: JsonObject): string =>
  `${textIn(limit)} ${name === 'limit.near' ? 'is nearly used up' : 'is used up'} (${writeJson(used)} of ${writeJson(of)})`;

function headlineOf(name: string, who: string): string {
  const words = OUTGOING_EVENTS[name as OutgoingName] as string | undefined;
  return words === undefined ? `Baton: ${name}` : `${who}: ${name}, ${words}`;
}

function factsOf(data: JsonObject): Notice['facts'] {
  const run = textIn(objectIn(data['run'])['id']);
  const event = objectIn(data['event']);
  const step = textIn(event['step']);
  const approvers = objectIn(event['data'])['approvers'];
  const who = Array.isArray(approvers) ? approvers.map((one: Json) => textIn(one)).join(', ') : '';
  const facts = [
    ['Run', run],
    ['Step', step],
    ['Who may answer', who],
  ] as const;
  return facts.filter(([, value]) => value !== '').map(([name, value]) => [name, oneLine(value)]);
}

const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

function objectIn(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

const oneLine = (text: string): string => cut(text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), 300);

const cut = (text: string, most = MAX_CHARS): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
