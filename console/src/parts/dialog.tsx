/** A dialog for what needs an answer before anything happens; what is only shown goes into a panel. */
import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { cn } from './class-names.ts';

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly children: ReactNode;
  /** Buttons, the one that acts last. */
  readonly actions?: ReactNode;
  readonly wide?: boolean;
}

export function Dialog({ open, onClose, title, description, children, actions, wide = false }: DialogProps) {
  return (
    <Primitive.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Primitive.Content
          {...(description === undefined && { 'aria-describedby': undefined })}
          className={cn(
            'fixed top-1/2 left-1/2 z-40 flex max-h-[90dvh] w-[calc(100vw-2rem)] -translate-1/2 flex-col rounded-lg border border-line-strong bg-raised shadow-2xl',
            wide ? 'max-w-4xl' : 'max-w-lg',
          )}
        >
          <header className="flex items-start gap-3 border-b border-line px-4 py-3">
            <div className="min-w-0 flex-1">
              <Primitive.Title className="text-lg font-semibold wrap-anywhere">{title}</Primitive.Title>
              {description !== undefined && (
                <Primitive.Description className="text-sm text-quiet">{description}</Primitive.Description>
              )}
            </div>
            <Primitive.Close asChild>
              <Button kind="quiet" size="icon" aria-label="Close">
                <X className="size-4" aria-hidden />
              </Button>
            </Primitive.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-auto px-4 py-3">{children}</div>
          {actions !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">
              {actions}
            </footer>
          )}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
