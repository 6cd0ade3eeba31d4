/**
 * What a command would send, as lines of curl instead of sending it. What reads is sent all the same, since what follows
 * depends on it; the first request that would change something, or that would be followed, is printed and ends the command.
 */
import { BatonError } from '../../../packages/client/src/errors.ts';
import { CliError, EXIT } from '../exit.ts';
import { aloud, quietly } from '../terminal/output.ts';
import { curlText } from './curl-text.ts';
import { onWay, type Way } from './way.ts';

const WITHHELD = 'withheld';

/** @param print a line, each once */
export async function printCurl(run: () => Promise<unknown>, print: (line: string) => void): Promise<void> {
  const printed = new Set<string>();
  let isOver = false;
  const way: Way = async (url, init, secrets) => {
    if (isOver) throw withheld();
    const { method = 'GET', body } = init;
    const headers = new Headers(init.headers);
    const line = curlText(
      { method, url, headers, body: typeof body === 'string' ? body : undefined },
      secrets,
    );
    if (!printed.has(line)) aloud(() => print(line));
    printed.add(line);
    const isFollowed = headers.get('accept') === 'text/event-stream';
    if (method === 'GET' && !isFollowed) return fetch(url, init);
    isOver = true;
    throw withheld();
  };
  try {
    await onWay(way, () => quietly(run));
  } catch (error) {
    if (!isWithheld(error)) throw error;
  }
  if (printed.size > 0) return;
  throw new CliError(EXIT.usage, 'this command sends nothing to the API', { code: 'no_request' });
}

/** Passes the client as it is, and the CLI's `ApiClient` gives its cause on. */
function withheld(): BatonError {
  const cause = new CliError(EXIT.done, 'it was printed, not sent', { code: WITHHELD });
  return new BatonError(WITHHELD, cause.message, { cause });
}

function isWithheld(error: unknown): boolean {
  return error instanceof CliError && error.problem['code'] === WITHHELD;
}
