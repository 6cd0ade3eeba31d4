/** What stands where something is not: it comes (skeleton), there is none (empty), it could not be had (fault). */
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Refused, Unreachable } from '../api/client.ts';
import { Button } from './button.tsx';
import { cn } from './class-names.ts';

export function Skeleton({ className }: { readonly className?: string }) {
  return <div className={cn('animate-pulse rounded-(--radius) bg-hover', className)} aria-hidden />;
}

/** A list that comes. */
export function SkeletonRows({ rows = 8 }: { readonly rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-2 p-4">
      {Array.from({ length: rows }, (_, at) => (
        <Skeleton key={at} className="h-7" />
      ))}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

export function Empty({ title, children, actions }: EmptyProps) {
  return (
    <div className="mx-auto flex max-w-prose flex-col items-center gap-3 px-4 py-16 text-center">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children !== undefined && <div className="text-quiet">{children}</div>}
      {actions !== undefined && <div className="flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

/** What went wrong, what its code means, and how to try again. */
export function Fault({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const code = error instanceof Refused ? error.problem.code : undefined;
  return (
    <div role="alert" className="mx-auto flex max-w-prose flex-col items-center gap-3 px-4 py-16 text-center">
      <CircleAlert className="size-6 text-fail" aria-hidden />
      <h2 className="text-lg font-semibold">
        {error instanceof Unreachable
          ? 'Baton does not answer'
          : error instanceof Refused
            ? error.problem.title
            : 'This could not be shown'}
      </h2>
      <p className="wrap-anywhere text-quiet">{faultWords(error)}</p>
      <div className="flex flex-wrap justify-center gap-2">
        {retry !== undefined && <Button onClick={retry}>Try again</Button>}
        {code !== undefined && (
          <a
            className="self-center text-sm text-accent underline"
            href={`/docs/errors/${code}`}
            target="_blank"
            rel="noopener"
          >
            What {code} means
          </a>
        )}
      </div>
    </div>
  );
}

/** The fault of a command in one sentence. */
export function faultWords(error: unknown): string {
  if (error instanceof Unreachable)
    return 'It may be starting, or the way to it is cut. Nothing that was recorded is lost.';
  return error instanceof Error ? error.message : String(error);
}
