/** A short word among others of its kind, such as a label. */
import type { ReactNode } from 'react';
import { cn } from './class-names.ts';

interface ChipProps {
  /** It is a name or a value as programs write it. */
  readonly isCode?: boolean;
  readonly children: ReactNode;
}

export function Chip({ isCode = false, children }: ChipProps) {
  return (
    <span
      className={cn(
        'rounded-sm border border-line bg-surface px-1.5 py-px text-xs wrap-anywhere text-ink',
        isCode && 'font-mono',
      )}
    >
      {children}
    </span>
  );
}
