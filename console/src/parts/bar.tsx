/** How much of something is taken or done, as a bar; the words beside it say the same. */
import { cn } from './class-names.ts';

interface BarProps {
  /** From 0 to 1; what is more counts as 1. */
  readonly share: number;
  readonly className?: string;
}

export function Bar({ share, className }: BarProps) {
  const percent = Math.min(100, Math.max(0, share * 100));
  return (
    <span aria-hidden className={cn('h-1.5 w-16 shrink-0 overflow-hidden rounded-full bg-line', className)}>
      <span className="block h-full bg-run" style={{ width: `${percent}%` }} />
    </span>
  );
}
