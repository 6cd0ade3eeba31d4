/** Says something to the run that is shown, and shows it until the conversation does. */
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { answerOf, api, Refused, Unreachable } from '../../../api/client.ts';
import { newId } from '../../../api/commands.ts';
import type { PostMessage } from '../../../api/generated.ts';
import { faultWords } from '../../../parts/states.tsx';
import type { Entry } from '../thread/entries.ts';
import { putBack } from './draft.ts';
import { drop, listenToOutboxes, outboxOf, send, type Outbox, type Outgoing } from './outbox.ts';

export interface Saying {
  /** What the conversation does not show yet. */
  readonly outbox: Outbox;
  readonly say: (body: PostMessage) => void;
  readonly again: (one: Outgoing) => void;
  /** Back to where one types. */
  readonly takeBack: (one: Outgoing) => void;
}

export function useOutbox(runId: string, entries: readonly Entry[] | undefined): Saying {
  const queries = useQueryClient();
  const all = useSyncExternalStore(listenToOutboxes, () => outboxOf(runId));
  const shown = useMemo(
    () => new Set((all.length === 0 ? [] : (entries ?? [])).flatMap((entry) => idOf(entry) ?? [])),
    [all, entries],
  );
  useEffect(() => drop(runId, shown), [runId, shown]);
  const outbox = useMemo(() => all.filter(({ id }) => !shown.has(id)), [all, shown]);
  const deliver = ({ id, body }: Pick<Outgoing, 'id' | 'body'>) =>
    void send(runId, { id, body }, () => post(queries, runId, { ...body, id }), refusalWords);
  return {
    outbox,
    say: (body) => deliver({ id: newId(), body }),
    again: deliver,
    takeBack: ({ id, body }) => {
      drop(runId, new Set([id]));
      putBack(runId, body.content ?? '');
    },
  };
}

async function post(queries: QueryClient, runId: string, body: PostMessage): Promise<void> {
  await answerOf(api.POST('/api/v1/runs/{id}/messages', { params: { path: { id: runId } }, body }));
  void queries.invalidateQueries({ queryKey: ['run', runId] });
}

function refusalWords(error: unknown): string {
  if (error instanceof Unreachable)
    return 'Baton does not answer: nobody knows whether it has this. Trying again counts once.';
  const reason = error instanceof Refused ? error.problem.reason : undefined;
  return `Not taken: ${faultWords(error)}${reason === undefined || reason === '' ? '' : ` (${reason})`}`;
}

function idOf(entry: Entry): string | null {
  return entry.kind === 'message' ? entry.message.message_id : null;
}
