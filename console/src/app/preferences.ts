/**
 * What a reader has chosen, kept in this browser: the look, the zone of times, who he is. Other tabs follow. Nothing here
 * decides anything on the server: `name` is what commands say as `by`.
 */
import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  readonly theme: Theme;
  /** An IANA name; `local`: the browser's. */
  readonly zone: string;
  /** Who commands and answers are given by. Empty: nobody has said. */
  readonly name: string;
  readonly notifications: boolean;
}

const KEY = 'baton.preferences';
const NORMAL: Preferences = { theme: 'system', zone: 'local', name: '', notifications: false };

const listeners = new Set<() => void>();
let current = read();

/** What is chosen now; changes when any tab changes it. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(listen, preferences);
}

export function preferences(): Preferences {
  return current;
}

export function setPreferences(change: Partial<Preferences>): void {
  take({ ...current, ...change });
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // No storage: it holds for this page.
  }
}

/** The theme in force, with the system's wish. */
export function themeInForce({ theme }: Preferences): Exclude<Theme, 'system'> {
  if (theme !== 'system') return theme;
  if (matchMedia('(prefers-contrast: more)').matches) return 'contrast';
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** The zone in which times are shown, and typed. */
export function zoneOf({ zone }: Preferences): string {
  return zone === 'local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
}

/** Follows the system and the other tabs. Called once, before the first render. */
export function followPreferences(): void {
  const apply = () => void (document.documentElement.dataset['theme'] = themeInForce(current));
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
    matchMedia(query).addEventListener('change', apply);
  }
  addEventListener('storage', ({ key }) => {
    if (key === KEY) take(read());
  });
  listeners.add(apply);
  apply();
}

function take(next: Preferences): void {
  current = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function read(): Preferences {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<
      Record<keyof Preferences, unknown>
    >;
    const { theme, zone, name, notifications } = stored;
    return {
      theme: THEMES.find((one) => one === theme) ?? NORMAL.theme,
      zone: typeof zone === 'string' && isZone(zone) ? zone : NORMAL.zone,
      name: typeof name === 'string' ? name : NORMAL.name,
      notifications: notifications === true,
    };
  } catch {
    return NORMAL;
  }
}

function isZone(zone: string): boolean {
  if (zone === 'local') return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
