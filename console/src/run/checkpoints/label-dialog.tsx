/** Names the point at which the run stands, to come back to it. */
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import { Field, TextInput } from '../../parts/field.tsx';
import { CommandDialog } from '../../parts/command-dialog.tsx';

export function LabelDialog({ runId, onClose }: { readonly runId: string; readonly onClose: () => void }) {
  const [label, setLabel] = useState('');
  const body = { label: label.trim(), ...author() };
  const name = useCommand({
    done: 'Named',
    runId,
    send: (_: void, id) =>
      answerOf(
        api.POST('/api/v1/runs/{id}/checkpoints', { params: { path: { id: runId } }, body: { ...body, id } }),
      ),
    onDone: onClose,
  });
  return (
    <CommandDialog
      title="Name the point where the run stands"
      description="The run can be set back to it, or forked from it, later."
      verb="Name it"
      onClose={onClose}
      onSend={() => name.mutate()}
      isSending={name.isPending}
      error={name.error}
      why={label.trim() === '' ? 'Give it a name.' : undefined}
      request={{ method: 'POST', path: `/api/v1/runs/${runId}/checkpoints`, body }}
      command={['checkpoint', runId, label.trim()]}
    >
      <Field label="Name" required>
        {(ids) => (
          <TextInput
            {...ids}
            autoFocus
            maxLength={200}
            placeholder="before the migration"
            value={label}
            onChange={({ target }) => setLabel(target.value)}
          />
        )}
      </Field>
    </CommandDialog>
  );
}
