/** What is asked when a run that has ended is to go on, and what comes of it. */
import type { ContinueRun } from '../../contract/continue.ts';
import type { Run } from '../../contract/run.ts';

export interface Continued {
  readonly run: Run;
  /** The tables show that it goes on; otherwise Temporal has it, and they will. */
  readonly projected: boolean;
  /** It went on already, under the same key. */
  readonly replayed: boolean;
}

export interface ContinueRequest {
  readonly runId: string;
  readonly body: ContinueRun;
  /** The key under which the same continuation counts once, if there is one. */
  readonly key: string | undefined;
}
