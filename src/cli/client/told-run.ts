/** A run as an API tells it. */
import type { RunNow } from '../../contract/run.ts';

/** Left out by an API of an older version, or told only where the run itself was read. */
type Untold =
  | 'temporal_pause'
  | 'active_seconds'
  | 'waiting_for'
  | 'progress'
  | 'forks'
  | 'discarded_at'
  | 'imported';

export type ToldRun = Omit<RunNow, Untold> & Partial<Pick<RunNow, Untold>>;
