/** A tooltip at an element, as it is shown: beside it, wherever there is room. */
import { Tooltip } from 'radix-ui';
import { createPortal } from 'react-dom';
import type { ReactNode } from 'react';
import { KeyCap } from './key-cap.tsx';

interface TipViewProps {
  readonly anchor: HTMLElement;
  /** Of what the element is described by. */
  readonly id: string;
  readonly text: ReactNode;
  readonly shortcut: string | undefined;
  readonly onClose: () => void;
}

export default function TipView({ anchor, id, text, shortcut, onClose }: TipViewProps) {
  const { left, top, width, height } = anchor.getBoundingClientRect();
  // In the body: rows of long lists are moved, and what is fixed in them would move along.
  return createPortal(
    <Tooltip.Provider>
      <Tooltip.Root open onOpenChange={(open) => !open && onClose()}>
        <Tooltip.Trigger asChild>
          <span aria-hidden className="pointer-events-none fixed" style={{ left, top, width, height }} />
        </Tooltip.Trigger>
        <span id={id} className="sr-only">
          {text}
        </span>
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
    </Tooltip.Provider>,
    document.body,
  );
}
