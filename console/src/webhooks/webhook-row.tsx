/** A webhook in the list: whom it tells of what, whether it is on, and what became of its last delivery. */
import { Link } from '@tanstack/react-router';
import { Mail, MessageSquare, Webhook as Hook, type LucideIcon } from 'lucide-react';
import type { Webhook } from '../api/generated.ts';
import type { RowProps } from '../parts/list-beside-chosen.tsx';
import { cn } from '../parts/class-names.ts';
import { Moment } from '../parts/moment.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { DELIVERY_WORDS, eventsWords, KIND_WORDS, titleOf, webhookWords, whereTo } from './webhook-words.ts';

const ICONS: Readonly<Record<Webhook['kind'], LucideIcon>> = {
  webhook: Hook,
  slack: MessageSquare,
  email: Mail,
};

export function WebhookRow({ item: webhook, isChosen, link }: RowProps<Webhook>) {
  const { id, kind, filter, for: person, disabled_reason: reason, pending } = webhook;
  const Icon = ICONS[kind];
  return (
    <li
      className={cn(
        'relative flex gap-3 border-b border-line px-4 py-3 hover:bg-hover',
        isChosen && 'bg-accent-wash hover:bg-accent-wash',
      )}
    >
      <Icon className="mt-0.5 size-4 shrink-0 text-quiet" role="img" aria-label={KIND_WORDS[kind]} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Link
            to="/webhooks"
            search={{ webhook: id }}
            ref={link}
            aria-current={isChosen}
            className="font-semibold wrap-anywhere after:absolute after:inset-0"
          >
            {titleOf(webhook)}
          </Link>
          <StatusBadge words={webhookWords(webhook)} />
          <span className="flex-1" />
          <Last webhook={webhook} />
        </div>
        <p className="text-sm wrap-anywhere">{whereTo(webhook)}</p>
        <p className="text-xs wrap-anywhere text-quiet">
          {eventsWords(webhook)}
          {filter !== '' && (
            <>
              , of <span className="font-mono">{filter}</span>
            </>
          )}
          {person !== null && `, for ${person}`}
          {pending > 0 && `; ${pending.toLocaleString('en')} on their way`}
        </p>
        {reason !== null && <p className="text-xs wrap-anywhere text-fail">{reason}</p>}
      </div>
    </li>
  );
}

function Last({ webhook: { last_delivery: last } }: { readonly webhook: Webhook }) {
  if (last === null) return <span className="text-xs text-quiet">nothing sent yet</span>;
  return (
    <span className="flex items-center gap-2 text-xs text-quiet">
      <StatusBadge words={DELIVERY_WORDS[last.status]} plain className="text-xs" />
      <Moment at={last.created_at} />
    </span>
  );
}
