/**
 * Listens for `NOTIFY baton_hint` (`{run_id, execution_id}`): the API says at once what the sweep would find later, and of which
 * run something is to be expected, which may be one at rest.
 * A hint may get lost; nothing depends on one.
 */
import type { ListenSettings } from '../../database/listen.ts';
import { listen } from '../../database/listen.ts';
import type { ExecutionId } from '../../temporal/history-source.ts';

export interface HintSettings extends Omit<ListenSettings, 'channel' | 'onMessage'> {
  readonly onHint: (execution: ExecutionId) => void;
}

/** Listens until stopped, over lost connections. Never throws. */
export async function listenForHints({ onHint, ...settings }: HintSettings): Promise<void> {
  await listen({
    ...settings,
    channel: 'baton_hint',
    onMessage: (payload) => {
      const execution = parseHint(payload);
      if (execution !== null) onHint(execution);
    },
  });
}

/** The execution that a hint names, or null. */
export function parseHint(payload: string | undefined): ExecutionId | null {
  try {
    const { run_id, execution_id } = JSON.parse(payload ?? '') as Record<string, unknown>;
    return typeof run_id === 'string' && typeof execution_id === 'string'
      ? { runId: run_id, executionId: execution_id }
      : null;
  } catch {
    return null;
  }
}
