/** The steps as a list by levels: what the graph shows, for small screens and for who does not see pictures. */
import { Link } from '@tanstack/react-router';
import type { Step } from '../../api/generated.ts';
import { cn } from '../../parts/class-names.ts';
import { KindIcon } from '../../parts/kind-icon.tsx';
import { Elapsed } from '../../parts/moment.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { stepWords } from '../../words/status.ts';

interface OutlineProps {
  readonly steps: readonly Step[];
  readonly chosen: string | undefined;
}

export default function Outline({ steps, chosen }: OutlineProps) {
  const ordered = steps.toSorted((a, b) => a.level - b.level || a.position - b.position);
  return (
    <ol aria-label="Steps" className="flex flex-col p-2">
      {ordered.map((step) => (
        <li key={step.key} className="[contain-intrinsic-size:auto_3rem] [content-visibility:auto]">
          <Link
            to="."
            search={(search) => ({ ...search, step: step.key })}
            className={cn(
              'flex items-center gap-2 rounded-(--radius) px-2 py-1.5 hover:bg-hover',
              step.key === chosen && 'bg-accent-wash',
            )}
          >
            <KindIcon kind={step.kind} className="text-quiet" />
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm font-medium">{step.title}</span>
              {step.dependencies.length > 0 && (
                <span className="block truncate text-xs text-quiet">
                  after {step.dependencies.join(', ')}
                </span>
              )}
            </span>
            {step.started_at !== null && (
              <span className="text-xs text-quiet">
                <Elapsed from={step.started_at} until={step.completed_at} />
              </span>
            )}
            <StatusBadge words={stepWords(step)} plain className="max-w-36" />
          </Link>
        </li>
      ))}
    </ol>
  );
}
