/** Another secret: for how long the former one signs too. */
import { useState } from 'react';
import { api, dataOf } from '../api/client.ts';
import { author } from '../api/commands.ts';
import type { Webhook, WebhookWithSecret } from '../api/generated.ts';
import { useChange } from '../api/use-change.ts';
import { CommandDialog } from '../parts/command-dialog.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { WEBHOOKS } from './queries.ts';
import { titleOf } from './webhook-words.ts';

const OVERLAPS = [
  ['24', 'for a day'],
  ['168', 'for a week'],
  ['1', 'for an hour'],
  ['0', 'not at all: it has become known to others'],
] as const;

interface RotateDialogProps {
  readonly webhook: Webhook;
  readonly onClose: () => void;
  readonly onDone: (webhook: WebhookWithSecret) => void;
}

export default function RotateDialog({ webhook, onClose, onDone }: RotateDialogProps) {
  const [hours, setHours] = useState<string>('24');
  const body = { overlap_hours: Number(hours) };
  const rotate = useChange({
    shown: WEBHOOKS,
    done: () => `${titleOf(webhook)} has another secret`,
    send: () =>
      dataOf(
        api.POST('/api/v1/webhooks/{webhook}/rotate', {
          params: { path: { webhook: webhook.id } },
          body: { ...body, ...author() },
        }),
      ),
    onDone,
  });
  return (
    <CommandDialog
      title={`Another secret for ${titleOf(webhook)}`}
      description="Each delivery bears two signatures meanwhile, so that the receiver may change its own at any moment."
      verb="Make one"
      onClose={onClose}
      onSend={() => rotate.mutate()}
      isSending={rotate.isPending}
      error={rotate.error}
      request={{ method: 'POST', path: `/api/v1/webhooks/${webhook.id}/rotate`, body }}
      command={['webhooks', 'rotate', webhook.id, '--overlap', hours]}
    >
      <Field label="The former secret signs too">
        {(ids) => (
          <Choice {...ids} value={hours} onChange={({ target }) => setHours(target.value)}>
            {OVERLAPS.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </Choice>
        )}
      </Field>
    </CommandDialog>
  );
}
