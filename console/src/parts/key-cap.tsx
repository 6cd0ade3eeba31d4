/** A key, as it is printed on a keyboard. `quiet`: on a button, in the button's own colour. */
import type { ReactNode } from 'react';
import { cn } from './class-names.ts';

export function KeyCap({
  quiet = false,
  children,
}: {
  readonly quiet?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <kbd
      className={cn(
        'inline-grid min-w-4.5 place-items-center rounded-sm border px-1 font-sans text-[0.6875rem] leading-4 narrow:hidden',
        quiet ? 'border-current/40' : 'border-line-strong bg-surface text-ink',
      )}
      aria-hidden={quiet}
    >
      {children}
    </kbd>
  );
}
