/** What somebody has just said, until it stands in the conversation: on its way, recorded, or not taken and why. */
import { User } from 'lucide-react';
import { Button } from '../../../parts/button.tsx';
import type { Outgoing } from './outbox.ts';
import type { Saying } from './use-outbox.ts';

interface SentWordsProps extends Pick<Saying, 'again' | 'takeBack'> {
  readonly one: Outgoing;
  /** Why nothing can be said now. */
  readonly why: string | undefined;
}

export function SentWords({ one, why, again, takeBack }: SentWordsProps) {
  const { content = '', by, action_type: action, target } = one.body;
  return (
    <article aria-label={`${by ?? 'You'} said`} className="flex gap-2.5 bg-accent-wash px-4 py-1.5">
      <User className="mt-1 size-4 shrink-0 text-quiet" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="text-xs font-medium text-quiet">
          {by ?? 'You'}
          {action !== 'comment' && ` · ${action}`}
          {target !== undefined && ` to ${target}`}
        </p>
        <p className="text-sm wrap-anywhere whitespace-pre-wrap">{content}</p>
        {one.state === 'failed' ? (
          <div className="flex flex-wrap items-center gap-2 text-xs">
            <p role="alert" className="wrap-anywhere text-fail">
              {one.why}
            </p>
            <Button size="small" className="h-6" why={why} onClick={() => again(one)}>
              Try again
            </Button>
            <Button kind="quiet" size="small" className="h-6" onClick={() => takeBack(one)}>
              Take back
            </Button>
          </div>
        ) : (
          <p role="status" className="text-xs text-quiet">
            {one.state === 'sending' ? 'Sending…' : 'Recorded: the run comes to it'}
          </p>
        )}
      </div>
    </article>
  );
}
