/** What happened to the run as a whole: when it was paused, by whom, and where it began anew. Pure, from its own changes of state. */
import type { RunEvent } from '../../api/generated.ts';
import type { Range } from './axis.ts';

interface Pause extends Range {
  readonly seq: number;
  readonly by: string | null;
  readonly reason: string | null;
  readonly isOpen: boolean;
}

/** A moment at which the run began anew, such as `continued`. */
interface Start {
  readonly seq: number;
  /** ms. */
  readonly at: number;
  readonly words: string;
  readonly by: string | null;
}

export interface Marks {
  readonly pauses: readonly Pause[];
  readonly starts: readonly Start[];
}

interface Change {
  readonly from?: string;
  readonly to?: string;
  readonly by?: string | null;
  readonly reason?: string | null;
  readonly action?: string;
}

const STARTS: Readonly<Record<string, string>> = {
  continue: 'continued',
  restore: 'restored',
  reset: 'reset in Temporal',
  restart: 'restarted in Temporal',
};

/** @param changes `status_change` of the run, in order @param now what came later is not told; ms */
export function marksOf(changes: readonly RunEvent[], now: number): Marks {
  const pauses: Pause[] = [];
  const starts: Start[] = [];
  for (const event of changes) {
    const at = Date.parse(event.at);
    if (at > now) break;
    const { from, to, by = null, reason = null, action } = (event.data ?? {}) as Change;
    const open = pauses.at(-1);
    if (open?.isOpen === true && to !== 'paused') pauses.splice(-1, 1, { ...open, until: at, isOpen: false });
    if (to === 'paused' && from !== 'paused')
      pauses.push({ seq: event.seq, from: at, until: now, by, reason, isOpen: true });
    const words = action === undefined ? undefined : STARTS[action];
    if (words !== undefined) starts.push({ seq: event.seq, at, words, by });
  }
  return { pauses, starts };
}
