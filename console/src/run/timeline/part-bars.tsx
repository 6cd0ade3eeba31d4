/** The turns and tool calls of an opened step: turns in the first lane, tools below. */
import { cn } from '../../parts/class-names.ts';
import { overlaps, type Range } from './axis.ts';
import { Bar } from './bar.tsx';
import { partTold } from './facts.ts';
import { lanesOf, type Part } from './parts.ts';

/** px. */
const LANE = 18;
const EDGE = 6;
const TOPS = ['top-[30px]', 'top-[48px]', 'top-[66px]', 'top-[84px]', 'top-[102px]'];

/** @param parts undefined: not read yet @returns px below the step's own bars */
export function partsHeight(parts: readonly Part[] | undefined): number {
  return EDGE + LANE * (parts === undefined ? 2 : Math.max(2, lanesOf(parts)));
}

interface PartBarsProps {
  readonly parts: readonly Part[] | undefined;
  readonly range: Range;
  readonly place: (time: number) => number;
}

export function PartBars({ parts, range, place }: PartBarsProps) {
  if (parts === undefined || parts.length === 0)
    return (
      <span role="status" className="absolute top-8 left-1 text-xs text-quiet">
        {parts === undefined ? 'The turns are being read…' : 'No model was called yet.'}
      </span>
    );
  return (
    <span role="group" aria-label="Turns and tools">
      {parts
        .filter((part) => overlaps(part, range))
        .map((part) => (
          <Bar
            key={part.id}
            from={part.from}
            until={part.until}
            place={place}
            told={(zone, now) => partTold(part, zone, now)}
            className={cn(
              'h-3',
              TOPS[part.lane],
              part.isFault ? 'bg-fail' : part.kind === 'tool' ? 'bg-done/70' : 'bg-run/70',
            )}
          />
        ))}
    </span>
  );
}
