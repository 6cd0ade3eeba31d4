/**
 * Everything that can be done at the moment, registered once by whoever offers it: the keyboard, the menu of Ctrl-K and
 * the sheet of `?` all read this list. An action that cannot be used now stays in it and says why.
 */
import { useEffect, useId, useLayoutEffect, useRef, useSyncExternalStore } from 'react';

export interface Action {
  readonly label: string;
  /** The heading under which it stands, such as `Go to` or `Run`. */
  readonly group: string;
  /** One key (`p`, `?`, `[`), a sequence (`g r`) or with control or command (`mod+k`). */
  readonly keys?: string | undefined;
  /** Why it cannot be used now; undefined: it can. */
  readonly why?: string | undefined;
  readonly act: () => void;
}

let registered: ReadonlyMap<string, readonly Action[]> = new Map();
let all: readonly Action[] = [];
const listeners = new Set<() => void>();

/** Offers actions while the component is there. Those registered last are asked first. */
export function useActions(actions: readonly Action[]): void {
  const id = useId();
  const newest = useRef(actions);
  useLayoutEffect(() => void (newest.current = actions));
  // What is shown decides whether others must hear of it; `act` may be another function at every render.
  const shown = JSON.stringify(actions.map(({ label, group, keys, why }) => [label, group, keys, why]));
  useEffect(() => {
    const stable = newest.current.map((action, at) => ({ ...action, act: () => newest.current[at]?.act() }));
    change(new Map(registered).set(id, stable));
    return () => {
      const next = new Map(registered);
      next.delete(id);
      change(next);
    };
  }, [id, shown]);
}

/** All that is offered now. */
export function useAllActions(): readonly Action[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => all,
  );
}

/** The action of a chord, the one offered last where several have it. */
export function actionOf(keys: string): Action | undefined {
  return all.findLast((action) => action.keys === keys);
}

/** A longer sequence begins with these keys. */
export function isBeginning(keys: string): boolean {
  return all.some((action) => action.keys?.startsWith(`${keys} `) === true);
}

function change(next: ReadonlyMap<string, readonly Action[]>): void {
  registered = next;
  all = [...next.values()].flat();
  for (const listener of listeners) listener();
}
