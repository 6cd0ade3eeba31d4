/** A tooltip: a few words on what is under the pointer or has the focus. */
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { KeyCap } from './key-cap.tsx';

interface TipProps {
  readonly text: ReactNode;
  readonly shortcut?: string | undefined;
  /** One element that can have the focus. */
  readonly children: ReactNode;
}

export function Tip({ text, shortcut, children }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={5}
          collisionPadding={8}
          className="z-50 flex max-w-80 items-center gap-2 rounded-(--radius) border border-line-strong bg-raised px-2 py-1 text-xs wrap-anywhere text-ink shadow-md"
        >
          {text}
          {shortcut !== undefined && <KeyCap>{shortcut}</KeyCap>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

export const TipProvider = Tooltip.Provider;
