/** What can be done with many runs at once: which of them it fits, and how it is sent to one. */
import { quotedValue } from '../../../../src/protocol/filter/words.ts';
import { answerOf, api, dataOf, Refused } from '../../api/client.ts';
import { author } from '../../api/commands.ts';
import { readRuns, type RunsQuery } from '../list/use-run-list.ts';
import { sizeOf, type Selection } from '../list/selection.ts';
import type { Send } from './bulk-work.ts';

export const BULK_NAMES = ['pause', 'resume', 'cancel', 'rerun'] as const;
export type BulkName = (typeof BULK_NAMES)[number];

interface BulkAction {
  readonly label: string;
  /** A filter for those that it can be asked of. */
  readonly fits: string;
  /** Why others are left out. */
  readonly others: string;
  /** What it does, before anybody confirms it. */
  readonly says: string;
  readonly takesReason: boolean;
}

export const BULK_ACTIONS: Readonly<Record<BulkName, BulkAction>> = {
  pause: {
    label: 'Pause',
    fits: 'status:pending,running',
    others: 'have ended or are paused already',
    says: 'Each comes to rest at its next safe point and starts nothing new, for 30 minutes or until somebody resumes it.',
    takesReason: true,
  },
  resume: {
    label: 'Resume',
    fits: 'waiting:pause,temporal_pause',
    others: 'are not paused',
    says: 'Each goes on where it stands.',
    takesReason: true,
  },
  cancel: {
    label: 'Cancel',
    fits: 'status:open',
    others: 'have ended already',
    says: 'What is under way is stopped, closing steps run, and the runs end. They can be continued later.',
    takesReason: true,
  },
  rerun: {
    label: 'Rerun',
    fits: '',
    others: '',
    says: 'Each is started once more as another run, with the same plan and the same inputs.',
    takesReason: false,
  },
};

const PAGE = 200;
/** Ids of one question to the API, so that its address does not grow too long. */
const ASKED = 50;

interface Wanted {
  readonly selection: Selection;
  readonly query: RunsQuery;
  readonly fits: string;
}

/** The ids of the runs that are chosen and fit, in the order of the list; told how many there are so far. */
export async function readTargets(
  { selection, query, fits }: Wanted,
  tell: (count: number) => void,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const filter of filtersOf(selection, query.filter)) {
    const asked = { ...query, filter: `${filter} ${fits}`.trim() };
    for (let cursor: string | null | undefined; cursor !== null && !signal.aborted;) {
      const page: Awaited<ReturnType<typeof readRuns>> = await readRuns(asked, {
        limit: PAGE,
        cursor: cursor ?? null,
      });
      found.push(
        ...page.items.map(({ id }) => id).filter((id) => !selection.all || !selection.except.has(id)),
      );
      tell(found.length);
      cursor = page.next_cursor;
    }
  }
  return [...new Set(found)];
}

/** How many are chosen now, whether it fits them or not; null: counting takes too long. */
export async function countChosen({
  selection,
  query: { filter, zone },
}: Omit<Wanted, 'fits'>): Promise<number | null> {
  if (!selection.all) return selection.ids.size;
  const asked = { zone, ...(filter !== '' && { filter }) };
  const { count } = await dataOf(api.GET('/api/v1/runs/count', { params: { query: asked } }));
  return sizeOf(selection, count);
}

function filtersOf(selection: Selection, filter: string): readonly string[] {
  if (selection.all) return [filter];
  const ids = [...selection.ids].map(quotedValue);
  return Array.from(
    { length: Math.ceil(ids.length / ASKED) },
    (_, at) => `id:${ids.slice(at * ASKED, (at + 1) * ASKED).join(',')}`,
  );
}

const TRIES = 5;

/** @param intentOf names what is meant for a run: whatever is sent twice under it counts once */
export function senderOf(name: BulkName, intentOf: (run: string) => string, reason: string): Send {
  return (id) =>
    patiently(async () => {
      const body = { id: intentOf(id), ...author(), ...(reason !== '' && { reason }) };
      const params = { path: { id } };
      if (name === 'pause') await answerOf(api.POST('/api/v1/runs/{id}/pause', { params, body }));
      else if (name === 'resume') await answerOf(api.POST('/api/v1/runs/{id}/resume', { params, body }));
      else if (name === 'cancel') await answerOf(api.POST('/api/v1/runs/{id}/cancel', { params, body }));
      else return (await answerOf(rerun(id, intentOf(id)))).data.id;
      return undefined;
    });
}

function rerun(id: string, intent: string) {
  // A key may not hold any character; ids of runs may.
  const key = `${intent}-${encodeURIComponent(id)}`.slice(0, 255);
  return api.POST('/api/v1/runs/{id}/rerun', {
    params: { path: { id }, header: { 'idempotency-key': key } },
    body: author(),
  });
}

/** Where the API has no room now, it is asked again after a while. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused) || error.retryAfter === null || tried === TRIES) throw error;
      const pause = (error.retryAfter + Math.random()) * 1_000;
      await new Promise((done) => setTimeout(done, pause));
    }
  }
}
