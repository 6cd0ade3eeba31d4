/** Whether a run has ended. Asks only after the run has changed: pieces come far more often, to many readers. */
import { CLOSED_STATUSES } from '../../contract/run.ts';
import { findRunStatus } from '../runs/queries/find-run-status.ts';
import type { Services } from '../services.ts';

type Means = Pick<Services, 'store' | 'changes'>;

export class RunEnd {
  readonly release: () => void;
  readonly #ask: () => Promise<boolean>;
  #asked: boolean | undefined;

  /** @param changed told of each change of the run, until `release` is called */
  constructor(means: Means, runId: string, changed: () => void) {
    this.#ask = () => hasEnded(means, runId);
    this.release = means.changes.watch(runId, () => {
      this.askAgain();
      changed();
    });
  }

  /** Should a change have been missed. */
  askAgain(): void {
    this.#asked = undefined;
  }

  async hasCome(): Promise<boolean> {
    if (this.#asked !== undefined) return this.#asked;
    // False until the answer is there: a change meanwhile makes it unknown again.
    this.#asked = false;
    const ended = await this.#ask();
    if (this.#asked !== undefined) this.#asked = ended;
    return ended;
  }
}

export async function hasEnded({ store }: Pick<Means, 'store'>, runId: string): Promise<boolean> {
  const run = await store.first<{ status: string }>(findRunStatus(runId));
  return run !== undefined && CLOSED_STATUSES.has(run.status);
}
