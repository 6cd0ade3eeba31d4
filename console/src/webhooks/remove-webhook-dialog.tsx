/** Before a webhook is removed: what goes with it. */
import { api, dataOf } from '../api/client.ts';
import { author } from '../api/commands.ts';
import type { Webhook } from '../api/generated.ts';
import { useChange } from '../api/use-change.ts';
import { CommandDialog } from '../parts/command-dialog.tsx';
import { counted } from '../words/figures.ts';
import { WEBHOOKS } from './queries.ts';
import { titleOf } from './webhook-words.ts';

interface RemoveWebhookDialogProps {
  readonly webhook: Webhook;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export default function RemoveWebhookDialog({ webhook, onClose, onDone }: RemoveWebhookDialogProps) {
  const { id, name, pending } = webhook;
  const remove = useChange({
    shown: WEBHOOKS,
    done: () => `Removed ${titleOf(webhook)}`,
    send: () =>
      dataOf(
        api.DELETE('/api/v1/webhooks/{webhook}', { params: { path: { webhook: id }, query: author() } }),
      ),
    onDone,
  });
  const unsent = pending === 0 ? '' : ` ${counted(pending, 'event')} still to be sent will not be.`;
  return (
    <CommandDialog
      title={`Remove ${titleOf(webhook)}`}
      description={`Its log and its secret go with it.${unsent}`}
      verb="Remove"
      danger
      onClose={onClose}
      onSend={() => remove.mutate()}
      isSending={remove.isPending}
      error={remove.error}
      request={{ method: 'DELETE', path: `/api/v1/webhooks/${id}` }}
      command={['webhooks', 'remove', id]}
    >
      {name !== null && (
        <p className="text-sm">Definitions that name “{name}” in notify.to tell nobody by it from then on.</p>
      )}
    </CommandDialog>
  );
}
