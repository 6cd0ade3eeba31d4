/** Times and durations that keep up: a relative time with the exact one, and a clock that stands still when told to. */
import { createContext, use, useSyncExternalStore } from 'react';
import { exported } from '../api/offline.ts';
import { usePreferences, zoneOf } from '../app/preferences.ts';
import { durationWords, secondsBetween } from '../words/figures.ts';
import { agoWords, clockWords, exactWords } from '../words/time.ts';
import { Tip } from './tip.tsx';

const listeners = new Set<() => void>();
/** In an export time stands still. */
let now = exported === undefined ? Date.now() : Date.parse(exported.at);
let timer: ReturnType<typeof setInterval> | undefined;

/** Where time stands still: a moment of the past is shown, or nobody knows how it goes on. In ms. */
export const StoppedClock = createContext<number | undefined>(undefined);

/** Now, once a second; one timer for the page. Of a stopped clock, the moment at which it stands. */
export function useNow(): number {
  const stopped = use(StoppedClock);
  const current = useSyncExternalStore(listen, () => now);
  return stopped ?? current;
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
}

export function Elapsed({ from, until }: ElapsedProps) {
  const current = useNow();
  return (
    <span className="tabular whitespace-nowrap">{durationWords(secondsBetween(from, until, current))}</span>
  );
}
