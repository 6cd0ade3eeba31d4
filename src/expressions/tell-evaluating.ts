/**
 * Tells whoever watches this thread which expression is being evaluated, so that one that never ends can be named.
 * Whoever watches sets the global; where nobody does, nothing is told. Never a part of any decision.
 */
const WATCHER = Symbol.for('baton.evaluating');

/** Takes an expression's source, or null when its evaluation has ended. */
export type EvaluationWatcher = (source: string | null) => void;

type Watched = { [WATCHER]?: EvaluationWatcher };

/** Makes `watcher` hear of every evaluation in this thread. */
export function watchEvaluations(watcher: EvaluationWatcher): void {
  (globalThis as Watched)[WATCHER] = watcher;
}

/** Evaluates by `work` while the watcher knows of it. */
export function tellEvaluating<T>(source: string, work: () => T): T {
  const watcher = (globalThis as Watched)[WATCHER];
  if (watcher === undefined) return work();
  watcher(source);
  try {
    return work();
  } finally {
    watcher(null);
  }
}
