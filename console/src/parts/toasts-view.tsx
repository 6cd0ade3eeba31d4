/** Notices as they are shown: they stay while the pointer is over them, and screen readers are told. */
import { Check, CircleAlert, Info, X } from 'lucide-react';
import { Toast } from 'radix-ui';
import { Button } from './button.tsx';
import { cn } from './class-names.ts';
import type { Notice } from './toasts.tsx';

const ICONS = { done: Check, fault: CircleAlert, told: Info } as const;
const COLOURS = { done: 'text-done', fault: 'text-fail', told: 'text-accent' } as const;

interface ToastsViewProps {
  readonly notices: readonly Notice[];
  readonly onClose: (id: number) => void;
}

export default function ToastsView({ notices, onClose }: ToastsViewProps) {
  return (
    <Toast.Provider swipeDirection="right" duration={6_000}>
      {notices.map(({ id, kind, title, text }) => {
        const Icon = ICONS[kind];
        return (
          <Toast.Root
            key={id}
            type={kind === 'fault' ? 'foreground' : 'background'}
            duration={kind === 'fault' ? 15_000 : 6_000}
            onOpenChange={(open) => !open && onClose(id)}
            className="flex items-start gap-2 rounded-lg border border-line-strong bg-raised p-3 shadow-lg"
          >
            <Icon className={cn('mt-0.5 size-4 shrink-0', COLOURS[kind])} aria-hidden />
            <div className="min-w-0 flex-1">
              <Toast.Title className="text-sm font-medium wrap-anywhere">{title}</Toast.Title>
              {text !== undefined && (
                <Toast.Description className="text-sm wrap-anywhere text-quiet">{text}</Toast.Description>
              )}
            </div>
            <Toast.Close asChild>
              <Button kind="quiet" size="small" aria-label="Close notice">
                <X className="size-3.5" aria-hidden />
              </Button>
            </Toast.Close>
          </Toast.Root>
        );
      })}
      <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-96 max-w-[calc(100vw-2rem)] flex-col gap-2" />
    </Toast.Provider>
  );
}
