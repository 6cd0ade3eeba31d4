/**
 * What a tool has told, or why it could not, as the result of a call. Errors are results: the model reads them and goes on. Clients
 * show texts on terminals: nothing in them acts on one.
 */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { safeText } from '../../log/safe-text.ts';
import type { Refusal } from '../door.ts';
import type { Told } from '../tool.ts';
import { beginningOf, bounded } from './bounded.ts';

/** Characters of an answer, some six thousand tokens; of its data and of its text alike. */
const MOST = 24_000;
const MOST_DETAILS = 20;
const REST = 'Ask for less at once, or for one part of it.';

export function resultOf({ data, text, rest = REST }: Told): CallToolResult {
  const kept = bounded(data, MOST);
  const words = text ?? JSON.stringify(kept.value);
  const isCut = kept.isCut || words.length > MOST;
  const told = isCut ? `${beginningOf(words, MOST)}\n\nThis answer is cut to fit. ${rest}` : words;
  return {
    content: [{ type: 'text', text: safeText(told) }],
    structuredContent: kept.value as Record<string, unknown>,
  };
}

/** Its code first: what to do is decided by it. */
export function refusalResult({ problem }: Refusal): CallToolResult {
  const { code, detail, errors = [], questions = [] } = problem;
  const details = errors.slice(0, MOST_DETAILS).map((one) => `- ${detailText(one)}`);
  const open = questions.map(({ id, step, preview }) => `- question ${id} of ${step}: ${preview}`);
  const more = errors.length > MOST_DETAILS ? [`- … and ${errors.length - MOST_DETAILS} more`] : [];
  const text = [`${code}: ${detail}`, ...details, ...more, ...open].join('\n');
  return {
    isError: true,
    content: [{ type: 'text', text: safeText(beginningOf(text, MOST)) }],
    _meta: { 'baton/problem': bounded(problem, MOST).value },
  };
}

type Detail = NonNullable<Refusal['problem']['errors']>[number];

function detailText({ path, line, column, message, hint }: Detail): string {
  const place = line === undefined ? path : `${line}:${column ?? 1}`;
  return `${place === undefined ? '' : `${place}: `}${message}${hint === undefined ? '' : ` (${hint})`}`;
}
