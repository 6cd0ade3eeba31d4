/** A delivery in the log: what became of it; opened, each try and what is sent. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { api, dataOf } from '../api/client.ts';
import { author } from '../api/commands.ts';
import type { WebhookDelivery } from '../api/generated.ts';
import { useChange } from '../api/use-change.ts';
import { Button } from '../parts/button.tsx';
import { cn } from '../parts/class-names.ts';
import { JsonView } from '../parts/json-view.tsx';
import { Moment } from '../parts/moment.tsx';
import { faultWords, Skeleton } from '../parts/states.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { counted } from '../words/figures.ts';
import { deliveryQuery, WEBHOOKS } from './queries.ts';
import { deliveryWords } from './webhook-words.ts';

interface DeliveryLineProps {
  readonly delivery: WebhookDelivery;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  /** Why nothing can be sent again. */
  readonly why: string | undefined;
}

export function DeliveryLine({ delivery, isOpen, onToggle, why }: DeliveryLineProps) {
  const { type, run_id: run, created_at: at, attempts, next_attempt_at: next, tries } = delivery;
  const error = tries.at(-1)?.error ?? null;
  return (
    <li className="border-b border-line py-2 text-sm last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={onToggle}
          className="flex min-h-6 items-center gap-1 font-medium"
        >
          <ChevronRight className={cn('size-3.5 text-quiet', isOpen && 'rotate-90')} aria-hidden />
          {type}
        </button>
        {run !== null && (
          <Link to="/runs/$id" params={{ id: run }} className="min-w-0 wrap-anywhere text-accent underline">
            {run}
          </Link>
        )}
        <span className="flex-1" />
        <StatusBadge words={deliveryWords(delivery)} plain />
        <span className="text-xs text-quiet">
          <Moment at={at} />
        </span>
      </div>
      {error !== null && !isOpen && (
        <p className="pl-4.5 text-xs wrap-anywhere text-quiet">
          {counted(attempts, 'try', 'tries')}: {error}
          {next !== null && (
            <>
              ; again <Moment at={next} />
            </>
          )}
        </p>
      )}
      {isOpen && <Whole delivery={delivery} why={why} />}
    </li>
  );
}

function Whole({ delivery, why }: { readonly delivery: WebhookDelivery; readonly why: string | undefined }) {
  const { id, webhook, status, tries, next_attempt_at: next, event_id: event } = delivery;
  const { data, error } = useQuery(deliveryQuery(webhook, id));
  const again = useChange({
    shown: WEBHOOKS,
    isBare: true,
    done: () => 'It is sent once more, under the same id',
    send: () =>
      dataOf(
        api.POST('/api/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver', {
          params: { path: { webhook, delivery: id } },
          body: author(),
        }),
      ),
  });
  const pending = status === 'pending' ? 'It is on its way as it is.' : undefined;
  const busy = again.isPending ? 'It is being sent.' : undefined;
  return (
    <div className="mt-2 flex flex-col gap-3 pl-4.5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="text-xs wrap-anywhere text-quiet">
          delivery {id}, event {event}
        </span>
        <span className="flex-1" />
        <Button size="small" why={why ?? pending ?? busy} onClick={() => again.mutate()}>
          Send it again
        </Button>
      </div>
      {tries.length === 0 ? (
        <p className="text-xs text-quiet">It has not been tried yet.</p>
      ) : (
        <ol aria-label="Tries" className="flex flex-col gap-1 text-xs">
          {tries.map(({ at, status: answer, error: failure, ms }) => (
            <li key={at} className="flex flex-wrap gap-x-3">
              <Moment at={at} as="clock" />
              <span className={cn('min-w-0 wrap-anywhere', failure !== null && 'text-fail')}>
                {failure ?? (answer === null ? 'arrived' : `arrived: ${answer}`)}
              </span>
              <span className="tabular text-quiet">{ms} ms</span>
            </li>
          ))}
        </ol>
      )}
      {next !== null && (
        <p className="text-xs">
          Next try <Moment at={next} />.
        </p>
      )}
      {error !== null ? (
        <p className="text-xs text-fail">{faultWords(error)}</p>
      ) : data === undefined ? (
        <Skeleton className="h-16" />
      ) : (
        <div className="max-h-96 overflow-auto rounded-(--radius) border border-line p-2">
          <JsonView value={data.event} label="What is sent" open={2} />
        </div>
      )}
    </div>
  );
}
