/** How far the run is: one bar, a stretch for each tone of its steps, with the words for it. */
import type { Step } from '../../api/generated.ts';
import { Tip } from '../../parts/tip.tsx';
import { stepWords, TONES, type Tone } from '../../words/status.ts';
import { isSettled } from '../steering/why-not.ts';

const FILL: Readonly<Record<Tone, string>> = {
  done: 'bg-done',
  fail: 'bg-fail',
  need: 'bg-need',
  run: 'bg-run',
  pause: 'bg-pause',
  idle: 'bg-line',
};

const SAID: Readonly<Record<Tone, string>> = {
  done: 'completed',
  fail: 'failed',
  need: 'waiting or trying again',
  run: 'running',
  pause: 'held',
  idle: 'not started, skipped or cancelled',
};

const ORDER: readonly Tone[] = ['done', 'fail', 'need', 'run', 'pause', 'idle'];

export function StepsBar({ steps }: { readonly steps: readonly Step[] }) {
  const counts = new Map<Tone, number>(TONES.map((tone) => [tone, 0]));
  for (const step of steps) {
    const { tone } = stepWords(step);
    counts.set(tone, (counts.get(tone) ?? 0) + 1);
  }
  const shown = ORDER.filter((tone) => (counts.get(tone) ?? 0) > 0);
  const text = shown.map((tone) => `${counts.get(tone)} ${SAID[tone]}`).join(', ');
  return (
    <Tip text={text === '' ? 'The plan is not known yet' : text}>
      <span className="flex items-center gap-1.5">
        <span className="text-quiet">Steps</span>
        <span className="tabular font-medium">
          {steps.filter(isSettled).length}/{steps.length}
        </span>
        <span className="flex h-1.5 w-28 overflow-hidden rounded-full bg-hover" aria-hidden>
          {shown.map((tone) => (
            <span key={tone} className={FILL[tone]} style={{ flexGrow: counts.get(tone) ?? 0 }} />
          ))}
        </span>
        <span className="sr-only">{text}</span>
      </span>
    </Tip>
  );
}
