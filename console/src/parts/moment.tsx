/** Times and durations that keep up: a relative time with the exact one, and a clock that stands still when told to. */
import { useSyncExternalStore } from 'react';
import { exported } from '../api/offline.ts';
import { usePreferences, zoneOf } from '../app/preferences.ts';
import { durationWords, secondsBetween } from '../words/figures.ts';
import { agoWords, clockWords, exactWords } from '../words/time.ts';
import { Tip } from './tip.tsx';

const listeners = new Set<() => void>();
/** In an export time stands still. */
let now = exported === undefined ? Date.now() : Date.parse(exported.at);
let timer: ReturnType<typeof setInterval> | undefined;

/** Now, once a second; one timer for the page. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => now);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  if (exported === undefined)
    timer ??= setInterval(() => {
      now = Date.now();
      for (const one of listeners) one();
    }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

interface MomentProps {
  readonly at: string;
  /** `ago`: how long it is since; `clock`: the time of day in the chosen zone. */
  readonly as?: 'ago' | 'clock';
}

export function Moment({ at, as = 'ago' }: MomentProps) {
  const current = useNow();
  const zone = zoneOf(usePreferences());
  return (
    <Tip text={exactWords(at, zone)}>
      <time dateTime={at} className="tabular whitespace-nowrap">
        {as === 'ago' ? agoWords(at, current) : clockWords(at, zone, current)}
      </time>
    </Tip>
  );
}

interface ElapsedProps {
  readonly from: string;
  /** Null: it goes on. */
  readonly until: string | null;
  /** When the clock was stopped, since nobody knows how it goes on; in ms. */
  readonly stoppedAt?: number | undefined;
}

export function Elapsed({ from, until, stoppedAt }: ElapsedProps) {
  const current = useNow();
  return (
    <span className="tabular whitespace-nowrap">
      {durationWords(secondsBetween(from, until, stoppedAt ?? current))}
    </span>
  );
}
