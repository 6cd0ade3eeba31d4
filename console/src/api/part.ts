/**
 * Parts of the console that are loaded when they are first needed. A browser keeps the failure of such a load until the
 * page is loaded anew; so a part that does not come, because the way is cut or Baton was replaced by another version, leaves its
 * place as it is, says so, and has the page loaded again once the server answers: by itself where nothing typed would be
 * lost and the last time is not a moment ago, else when the reader says so.
 */
import { lazy, useSyncExternalStore, type ComponentType } from 'react';

const ASK_EVERY_MS = 1_000;
/** A page that is loaded again sooner than this for the same reason waits for its reader. */
const SOON_MS = 60_000;
const LAST = 'baton.loaded-again';

/** `here`: nothing is missing. `away`: a part is missing, and so is the server. `ready`: loading the page again would help. */
export type Missing = 'here' | 'away' | 'ready';

let missing: Missing = 'here';
const readers = new Set<() => void>();

/** Loads a part; what is returned never rejects. */
export function part<T>(load: () => Promise<T>): Promise<T> {
  return load().catch(() => {
    if (missing === 'here') void comeBack();
    return new Promise<never>(() => {});
  });
}

/** A component that is a part; `load` has it come before it is shown. */
export function lazyPart<Props>(load: () => Promise<{ readonly default: ComponentType<Props> }>) {
  let begun: ReturnType<typeof load> | undefined;
  const once = () => (begun ??= part(load));
  return Object.assign(lazy(once), { load: once });
}

interface Loadable {
  readonly load: () => Promise<unknown>;
}

/** By then a page has what it shows first. */
const SOON_AFTER_MS = 1_500;

/** Has parts come a moment later, so that they are there when they are needed. @returns calls it off */
export function loadSoon(parts: readonly Loadable[]): () => void {
  const timer = setTimeout(() => void Promise.all(parts.map(({ load }) => load())), SOON_AFTER_MS);
  return () => clearTimeout(timer);
}

export function useMissing(): Missing {
  return useSyncExternalStore(
    (reader) => {
      readers.add(reader);
      return () => void readers.delete(reader);
    },
    () => missing,
  );
}

/** Loads the page again, at the same address. */
export function loadAgain(): void {
  sessionStorage.setItem(LAST, String(Date.now()));
  location.reload();
}

async function comeBack(): Promise<void> {
  tell('away');
  while (!(await isServed())) await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
  const last = Number(sessionStorage.getItem(LAST) ?? 0);
  if (Date.now() - last > SOON_MS && !isTyped()) return loadAgain();
  tell('ready');
}

async function isServed(): Promise<boolean> {
  return fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Somebody has typed something that stands nowhere else. */
function isTyped(): boolean {
  return (
    document.querySelector('[role="dialog"], .cm-editor') !== null ||
    [...document.querySelectorAll('textarea')].some(({ value }) => value !== '')
  );
}

function tell(now: Missing): void {
  missing = now;
  for (const reader of readers) reader();
}
