/** Rerun: another run of the same plan, with the same inputs or others. */
import { parsedObject } from '../../words/json.ts';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import { Field, TextArea } from '../../parts/field.tsx';
import { CommandDialog } from '../../parts/command-dialog.tsx';
import type { RunDialogProps } from './run-dialogs.ts';

export function RerunDialog({ run, onClose }: RunDialogProps) {
  const [newest, setNewest] = useState(false);
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const inputs = parsedObject(text) as Record<string, never> | undefined;
  const body = { newest, ...(inputs !== undefined && { inputs }), ...author() };
  const rerun = useCommand({
    done: 'Another run has started',
    // The id of the new run makes a second try the same start.
    send: (_: void, id) =>
      answerOf(
        api.POST('/api/v1/runs/{id}/rerun', {
          params: { path: { id: run.id }, header: { 'idempotency-key': id } },
          body,
        }),
      ),
    onDone: ({ id }) => {
      onClose();
      void navigate({ to: '/runs/$id', params: { id } });
    },
  });
  return (
    <CommandDialog
      title="Run it again"
      description={`Another run of ${run.workflow}, from the beginning. This one stays as it is.`}
      verb="Run again"
      onClose={onClose}
      onSend={() => rerun.mutate()}
      isSending={rerun.isPending}
      error={rerun.error}
      why={text.trim() !== '' && inputs === undefined ? 'The inputs are no JSON object.' : undefined}
      request={{ method: 'POST', path: `/api/v1/runs/${run.id}/rerun`, body }}
      command={['rerun', run.id, ...(newest ? ['--newest'] : [])]}
    >
      <label className="flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={newest}
          onChange={({ target }) => setNewest(target.checked)}
        />
        With the version that was published last
      </label>
      <Field
        label="Inputs that change"
        help="A JSON object; the others stay as they were."
        fault={text.trim() !== '' && inputs === undefined ? 'is no JSON object' : undefined}
      >
        {(ids) => (
          <TextArea
            {...ids}
            className="font-mono"
            spellCheck={false}
            placeholder='{ "task": "…" }'
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
    </CommandDialog>
  );
}
