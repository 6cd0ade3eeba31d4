/** Waits for what becomes of a message. An API that is away for a moment, as while it restarts, costs nothing but time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';
import type { ToldRun } from './told-run.ts';
import type { RunMessage } from '../../contract/message.ts';
import { isDone } from '../../protocol/status.ts';
import { CliError, EXIT } from '../exit.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** Failed looks in a row before giving up: about a minute. */
const PATIENCE = 35;

/**
 * Resolves with the message once agents have answered it, the run has done it, or it was ignored.
 *
 * @param onChange told each state that differs from the one before, the last one too
 * @throws CliError when the API refuses or stays away
 */
export async function awaitReceipt(
  client: ApiClient,
  { runId, messageId }: { readonly runId: string; readonly messageId: string },
  onChange: (message: RunMessage) => void,
): Promise<RunMessage> {
  const path = `${runPath(runId)}/messages/${encodeURIComponent(messageId)}`;
  for (let pause = FIRST_PAUSE_MS, seen = 0; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5)) {
    const message = await unlessUnknown(patiently(() => client.json<RunMessage>(path)));
    if (message !== undefined && message.updated_seq > seen) {
      seen = message.updated_seq;
      onChange(message);
    }
    if (message !== undefined && isDone(message.action_status)) return message;
    await sleep(pause);
  }
}

/** The run that took the place of a redirected one. @throws CliError when it ended without one */
export async function awaitSuccessor(client: ApiClient, runId: string): Promise<string> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5)) {
    const run = await patiently(() => client.json<ToldRun>(runPath(runId)));
    const successor = run.lineage?.redirected_to;
    if (successor !== undefined) return successor;
    if (run.completed_at !== null) {
      throw new CliError(EXIT.failed, `run ${runId} ended (${run.status}) before it was redirected`, {
        code: 'not_redirected',
      });
    }
    await sleep(pause);
  }
}

/** Looks again for about a minute while the API cannot be reached. */
export async function patiently<T>(look: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await look();
    } catch (error) {
      const away = error instanceof CliError && error.exitCode === EXIT.unreachable;
      if (!away || failures >= PATIENCE) throw error;
      await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * failures));
    }
  }
}

/** Temporal has the message; the tables do not show it yet. */
async function unlessUnknown(looked: Promise<RunMessage>): Promise<RunMessage | undefined> {
  try {
    return await looked;
  } catch (error) {
    if (error instanceof CliError && error.problem['code'] === 'message_not_found') return undefined;
    throw error;
  }
}

const runPath = (runId: string): string => `/runs/${encodeURIComponent(runId)}`;
