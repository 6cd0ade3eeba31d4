/**
 * The one place where whatever an activity throws becomes what Temporal records: an ApplicationFailure whose `type` is
 * a FailureCode and whose first detail is a FailureDetails. Never throws itself, whatever it is given.
 */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { messageOf } from '../errors/errors.ts';
import { jsonBytes, type Json } from '../plan/json.ts';
import { storableText } from '../plan/storable.ts';
import { isFailureCode, type FailureCode, type FailureDetails } from '../protocol/failure.ts';
import { maskJson, withoutLogins, type Masking } from '../secrets/masking.ts';
import { StepFailure } from './step-failure.ts';
import { headOf, tailOf } from './tools/clip.ts';
import { shortDetails } from './travelling.ts';

/** Longest message in characters. Failures stand in history for good. */
const MESSAGE_CHARS = 2_000;
/** Most bytes of `data`, as JSON. */
const DATA_BYTES = 48 * 1024;
/** Bytes of a text of it where all together are too many: control characters take six as JSON. */
const SHORT_BYTES = 2 * 1024;

/**
 * The failure to record. Temporal never retries it (the core does), and its category keeps the SDK from logging what
 * is logged here already.
 */
export function toApplicationFailure(thrown: unknown, masked: Masking['mask']): ApplicationFailure {
  const { code, message, details } = describe(thrown);
  const mask = (text: string) => withoutLogins(masked(text));
  const { data, ...others } = details;
  return ApplicationFailure.create({
    type: code,
    message: clip(mask(message)),
    details: [{ ...shortDetails(others), ...(data === undefined ? {} : { data: boundedData(data, mask) }) }],
    nonRetryable: true,
    category: ApplicationFailureCategory.BENIGN,
  });
}

interface Described {
  readonly code: FailureCode;
  readonly message: string;
  readonly details: FailureDetails;
}

function describe(thrown: unknown): Described {
  try {
    if (thrown instanceof StepFailure) {
      return { code: thrown.code, message: thrown.message, details: thrown.details };
    }
    return { code: codeOf(thrown), message: messageText(thrown), details: {} };
  } catch {
    return { code: 'unknown', message: 'The step threw something that cannot be read.', details: {} };
  }
}

/** Errors of other rooms (ExpressionError …) carry a code of the list themselves. */
function codeOf(thrown: unknown): FailureCode {
  const code: unknown = thrown instanceof Error ? (thrown as { code?: unknown }).code : undefined;
  return isFailureCode(code) ? code : 'unknown';
}

function messageText(thrown: unknown): string {
  if (thrown === undefined) return 'The step threw undefined.';
  const text: unknown = messageOf(thrown);
  return typeof text === 'string' && text !== '' ? text : 'The step threw an error without a message.';
}

function clip(text: string): string {
  const cut = text.length <= MESSAGE_CHARS ? text : `${text.slice(0, MESSAGE_CHARS - 1)}…`;
  return storableText(cut);
}

function boundedData(data: Json, mask: Masking['mask']): Json {
  const masked = maskJson(data, (text) => storableText(mask(text)));
  const bytes = jsonBytes(masked);
  if (bytes <= DATA_BYTES) return masked;
  const short = shortened(masked);
  if (jsonBytes(short) <= DATA_BYTES) return short;
  return { dropped: `${bytes} bytes, at most ${DATA_BYTES} are kept` };
}

/** Members of figures as they are; of tails the end, of other texts the beginning; what is neither is left out. */
function shortened(data: Json): Json {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const members = Object.entries(data).flatMap(([name, value]): [string, Json][] => {
    if (typeof value === 'string') {
      const cut = name.endsWith('_tail') ? tailOf(value, SHORT_BYTES) : headOf(value, SHORT_BYTES);
      return [[name, cut]];
    }
    return typeof value === 'object' && value !== null ? [] : [[name, value]];
  });
  return Object.fromEntries(members);
}
