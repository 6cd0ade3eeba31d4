/** What a vendor's error says, in whichever form it came: status, codes, words, and how long to wait. */
import type { APICallError } from 'ai';
import { retryAfterMs } from '../../../errors/retry-after.ts';

export interface VendorError {
  /** null for an error in the middle of an answer that names none. */
  readonly status: number | null;
  /** `code`, `type`, `status` and reasons, in lower case. */
  readonly codes: readonly string[];
  readonly words: string;
  readonly retryAfterMs: number | null;
}

/** Members of whatever came. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** An answer with a status of failure. */
export function saidBy(error: APICallError, status: number): VendorError {
  const body = bodyOf(error);
  const found = errorIn(body);
  const wait = waitOf(error.responseHeaders ?? {}) ?? waitIn(found);
  return { status, codes: codesOf(body, found), words: wordsOf(body, found), retryAfterMs: wait };
}

/** An error in a stream that had begun; gateways write the status as its code. */
export function saidIn(error: unknown): VendorError {
  const found = errorIn(error);
  const code = Number(found['code'] ?? found['status']);
  const status = Number.isInteger(code) && code >= 400 && code < 600 ? code : null;
  return {
    status,
    codes: codesOf(error, found),
    words: wordsOf(error, found),
    retryAfterMs: waitIn(found),
  };
}

function bodyOf({ responseBody }: APICallError): unknown {
  try {
    const body: unknown = JSON.parse(responseBody ?? '');
    // Google's streams begin with a list.
    return Array.isArray(body) ? body[0] : body;
  } catch {
    return responseBody;
  }
}

/** The object with code and message: under `error` nearly everywhere, in OpenAI's Responses under `response` before. */
function errorIn(body: unknown): Readonly<Record<string, unknown>> {
  const { error, response } = membersOf(body);
  const inner = error ?? membersOf(response)['error'];
  return typeof inner === 'object' && inner !== null ? membersOf(inner) : membersOf(body);
}

function codesOf(body: unknown, found: Readonly<Record<string, unknown>>): string[] {
  const details = Array.isArray(found['details']) ? (found['details'] as unknown[]) : [];
  const reasons = details.map((detail) => membersOf(detail)['reason']);
  const said = [found['code'], found['type'], found['status'], membersOf(body)['type'], ...reasons];
  return said.filter((code) => typeof code === 'string').map((code) => code.toLowerCase());
}

/** `{error: {message}}`, `{error: "…"}` (Ollama), `{message}` (Mistral), `{detail}` (FastAPI), or a plain text. */
function wordsOf(body: unknown, found: Readonly<Record<string, unknown>>): string {
  const { error, detail } = membersOf(body);
  const said = [found['message'], error, detail, body].find(isText);
  const words = typeof said === 'string' ? said : detail === undefined ? '' : JSON.stringify(detail);
  // Gateways tell what the vendor behind them said beside their own words.
  const { raw } = membersOf(found['metadata']);
  const all = typeof raw === 'string' && raw !== words ? `${words} (${raw})` : words;
  return all.slice(0, MAX_WORDS);
}

const MAX_WORDS = 1_000;

/** A page of HTML is for browsers. */
function isText(said: unknown): boolean {
  return typeof said === 'string' && said.trim() !== '' && !said.trimStart().startsWith('<');
}

function waitOf(headers: Readonly<Record<string, string>>): number | null {
  const exact = Number(headers['retry-after-ms'] ?? Number.NaN);
  return exact >= 0 ? Math.ceil(exact) : retryAfterMs(headers['retry-after'], Date.now());
}

/** Google says it in the error: `details: [{retryDelay: "34s"}]`. */
function waitIn(found: Readonly<Record<string, unknown>>): number | null {
  const details = Array.isArray(found['details']) ? (found['details'] as unknown[]) : [];
  const delay = details
    .map((detail) => membersOf(detail)['retryDelay'])
    .find((said) => typeof said === 'string');
  const seconds = Number(/^(\d+(?:\.\d+)?)s$/.exec(delay ?? '')?.[1] ?? Number.NaN);
  return Number.isNaN(seconds) ? null : Math.ceil(seconds * 1_000);
}
