/** A bar on the axis, with a card that tells of it: under the pointer, or when the bar has the focus (arrows go from bar to bar). */
import { usePreferences, zoneOf } from '../../app/preferences.ts';
import { cn } from '../../parts/class-names.ts';
import { useNow } from '../../parts/moment.tsx';
import { Tip } from '../../parts/tip.tsx';
import type { Range } from './axis.ts';
import { toldWords, type Told } from './facts.ts';

interface BarProps extends Range {
  readonly place: (time: number) => number;
  readonly told: (zone: string, now: number) => Told;
  readonly className: string;
}

export function Bar({ from, until, place, told, className }: BarProps) {
  const zone = zoneOf(usePreferences());
  const now = useNow();
  const left = place(from);
  const all = told(zone, now);
  return (
    <Tip text={<Card told={all} />}>
      <span
        role="img"
        tabIndex={-1}
        data-bar
        aria-label={toldWords(all)}
        className={cn('absolute min-w-0.5 rounded-sm', className)}
        style={{ left: `${left * 100}%`, width: `${Math.max(0.1, (place(until) - left) * 100)}%` }}
      />
    </Tip>
  );
}

function Card({ told: { title, facts } }: { readonly told: Told }) {
  return (
    <span className="block max-w-72 py-0.5">
      <strong className="block font-medium">{title}</strong>
      {facts.map(([name, told]) => (
        <span key={name} className="grid grid-cols-[5rem_minmax(0,1fr)] gap-2">
          <span className="text-quiet">{name}</span>
          <span className="tabular">{told}</span>
        </span>
      ))}
    </span>
  );
}
