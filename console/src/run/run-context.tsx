/** The run that a page shows, for all its parts: what is known of it now, and its events as they come. */
import { createContext, use } from 'react';
import type { RunNow, Step } from '../api/generated.ts';
import type { Following } from './follow.ts';

export interface ShownRun {
  readonly run: RunNow;
  /** In the order of the plan; empty until they are known. */
  readonly steps: readonly Step[];
  readonly following: Following;
  /** The event after which everything is shown; undefined: now. */
  readonly at: number | undefined;
}

export const RunContext = createContext<ShownRun | undefined>(undefined);

export function useRun(): ShownRun {
  const shown = use(RunContext);
  if (shown === undefined) throw new Error('There is no run around this component.');
  return shown;
}
