/** Values of this tab, one for each run: kept over a reload where the browser allows it, and told to who shows them. */

export interface Stored<T> {
  /** The same object until it is set. */
  readonly get: (runId: string) => T;
  readonly set: (runId: string, value: T) => void;
  readonly listen: (listener: () => void) => () => void;
}

/** @param none what is there at first @param isNone it need not be kept @param restored what a value is after a reload */
export function stored<T>(
  name: string,
  none: T,
  isNone: (value: T) => boolean,
  restored: (value: T) => T = (value) => value,
): Stored<T> {
  const values = new Map<string, T>();
  const listeners = new Set<() => void>();
  const keyOf = (runId: string) => `${name}.${runId}`;
  return {
    get: (runId) => {
      const value = values.get(runId) ?? restored(read(keyOf(runId)) ?? none);
      values.set(runId, value);
      return value;
    },
    set: (runId, value) => {
      values.set(runId, value);
      write(keyOf(runId), isNone(value) ? undefined : value);
      for (const listener of listeners) listener();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function read<T>(key: string): T | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(key) ?? 'null') as T | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // No room: it holds for this page.
  }
}
