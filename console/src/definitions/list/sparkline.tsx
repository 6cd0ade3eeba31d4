/** The last runs of a definition, a bar each: how long it took, and how it ended, by colour and by a mark. */
import type { RunPoint } from '../../api/generated.ts';
import { barsOf, barsWords, type BarLook } from './bars.ts';

const WIDTH = 4;
const GAP = 1;
/** Above the bars, for the marks of those that failed. */
const MARGIN = 5;

const FILL: Readonly<Record<BarLook, string>> = {
  done: 'fill-done/60',
  failed: 'fill-fail',
  stopped: 'fill-idle/40',
};

interface SparklineProps {
  readonly points: readonly RunPoint[];
  /** So many runs have room; those that are missing leave it free at the left. */
  readonly room?: number;
  readonly height?: number;
}

export function Sparkline({ points, room = 50, height = 24 }: SparklineProps) {
  const bars = barsOf(points);
  const width = room * (WIDTH + GAP) - GAP;
  const words = barsWords(points);
  return (
    <svg
      role="img"
      aria-label={words}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      className="max-w-full"
    >
      <title>{words}</title>
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} className="stroke-line" />
      {bars.map(({ id, look, height: part }, at) => {
        const x = (room - bars.length + at) * (WIDTH + GAP);
        const tall = Math.max(1.5, part * (height - MARGIN));
        return (
          <g key={id} className={FILL[look]}>
            <rect x={x} y={height - tall} width={WIDTH} height={tall} />
            {look === 'failed' && <circle cx={x + WIDTH / 2} cy={height - tall - 2.5} r="1.5" />}
          </g>
        );
      })}
    </svg>
  );
}
