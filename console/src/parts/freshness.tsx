/** How fresh what is shown is: live, reconnecting (and since when), ended, or a moment of the past. */
import { Radio, RefreshCw, Square, Unplug } from 'lucide-react';
import type { LiveState } from '../api/live.ts';
import { cn } from './class-names.ts';

const LOOK = {
  connecting: { icon: RefreshCw, text: 'Connecting', colour: 'text-quiet' },
  live: { icon: Radio, text: 'Live', colour: 'text-done' },
  reconnecting: { icon: Unplug, text: 'Reconnecting', colour: 'text-need' },
  ended: { icon: Square, text: 'Ended', colour: 'text-quiet' },
  snapshot: { icon: Square, text: 'As it was', colour: 'text-pause' },
} as const;

export function Freshness({ state }: { readonly state: LiveState }) {
  const { icon: Icon, text, colour } = LOOK[state];
  return (
    <span role="status" className={cn('inline-flex items-center gap-1 text-xs whitespace-nowrap', colour)}>
      <Icon className="size-3" aria-hidden />
      {text}
    </span>
  );
}
