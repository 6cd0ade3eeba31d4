/** A button. Disabled ones say why: `why` is the tooltip and what screen readers hear, and it can still be reached by keyboard. */
import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './class-names.ts';
import { KeyCap } from './key-cap.tsx';
import { Tip } from './tip.tsx';

const look = cva(
  'inline-flex items-center justify-center gap-1.5 rounded-(--radius) border font-medium whitespace-nowrap select-none aria-disabled:opacity-55',
  {
    variants: {
      kind: {
        normal: 'border-line bg-raised text-ink hover:bg-hover',
        primary: 'border-transparent bg-accent text-on-accent hover:opacity-90',
        danger: 'border-fail/40 bg-raised text-fail hover:bg-fail-wash',
        quiet: 'border-transparent text-quiet hover:bg-hover hover:text-ink',
      },
      size: { normal: 'h-8 px-3 text-sm', small: 'h-7 px-2 text-xs', icon: 'size-8 shrink-0' },
    },
    defaultVariants: { kind: 'normal', size: 'normal' },
  },
);

interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'>, VariantProps<typeof look> {
  /** Why it cannot be used now; undefined: it can. */
  readonly why?: string | undefined;
  /** The key that does the same. */
  readonly shortcut?: string | undefined;
  /** What a button without words does. */
  readonly label?: string | undefined;
  readonly children: ReactNode;
}

export function Button({
  kind,
  size,
  why,
  shortcut,
  label,
  className,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  const tip = why ?? label;
  const button = (
    <button
      type="button"
      {...rest}
      {...(label !== undefined && { 'aria-label': label })}
      aria-disabled={why === undefined ? undefined : true}
      aria-keyshortcuts={shortcut}
      className={cn(look({ kind, size }), className)}
      onClick={(event) => (why === undefined ? onClick?.(event) : event.preventDefault())}
    >
      {children}
      {shortcut !== undefined && size !== 'icon' && <KeyCap quiet>{shortcut}</KeyCap>}
    </button>
  );
  if (tip === undefined) return button;
  return (
    <Tip text={why ?? tip} shortcut={size === 'icon' ? shortcut : undefined}>
      {button}
    </Tip>
  );
}
