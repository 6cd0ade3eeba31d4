/** A labelled field of a form, with help and the fault of what was typed. */
import { useId, type ComponentProps, type ReactNode } from 'react';
import { cn } from './class-names.ts';

const INPUT =
  'w-full rounded-(--radius) border border-line-strong bg-page px-2.5 text-base text-ink placeholder:text-quiet';

interface FieldProps {
  readonly label: ReactNode;
  readonly help?: ReactNode;
  readonly fault?: string | undefined;
  readonly required?: boolean;
  readonly children: (ids: {
    readonly id: string;
    readonly 'aria-describedby'?: string;
    readonly 'aria-invalid'?: true;
  }) => ReactNode;
}

export function Field({ label, help, fault, required = false, children }: FieldProps) {
  const id = useId();
  const about = `${id}-about`;
  const isTold = help !== undefined || fault !== undefined;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
        {required && <span className="text-quiet"> (needed)</span>}
      </label>
      {children({
        id,
        ...(isTold && { 'aria-describedby': about }),
        ...(fault !== undefined && { 'aria-invalid': true }),
      })}
      {isTold && (
        <div id={about} className={cn('text-xs', fault === undefined ? 'text-quiet' : 'text-fail')}>
          {fault ?? help}
        </div>
      )}
    </div>
  );
}

export function TextInput({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...rest} className={cn(INPUT, 'h-8', className)} />;
}

export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea rows={3} {...rest} className={cn(INPUT, 'py-1.5', className)} />;
}

export function Choice({ className, children, ...rest }: ComponentProps<'select'>) {
  return (
    <select {...rest} className={cn(INPUT, 'h-8', className)}>
      {children}
    </select>
  );
}
