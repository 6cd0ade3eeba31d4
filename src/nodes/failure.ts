/** A failure as a node tells it: what it says is taken as far as it can be read, and no further than it may go. */
import { parseJson } from '../plan/json-text.ts';
import type { Json } from '../plan/json.ts';
import type { NodeFailure } from './node.ts';

const MOST_MESSAGE = 4_000;
const MOST_DATA = 16_384;

interface ToldFailure {
  readonly isInfra: boolean;
  readonly message: string;
  /** Trying again cannot help. */
  readonly isFinal: boolean;
  /** JSON, if anything. */
  readonly data: string | undefined;
}

export function failureOf({ isInfra, message, isFinal, data }: ToldFailure): NodeFailure {
  return {
    category: isInfra ? 'INFRA' : 'TASK',
    message: message.slice(0, MOST_MESSAGE) || 'it said that it had failed, and not why',
    retryable: !isFinal,
    data: dataOf(data),
  };
}

function dataOf(text: string | undefined): Json {
  if (text === undefined || text === '' || text.length > MOST_DATA) return null;
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
