/** Redirect: another run takes this one's place, with another task. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import { Choice, Field, TextArea } from '../../parts/field.tsx';
import { CommandDialog } from '../../parts/command-dialog.tsx';
import { ReasonField, said } from './reason-field.tsx';
import type { RunDialogProps } from './run-dialogs.ts';

export function RedirectDialog({ run, steps, onClose }: RunDialogProps) {
  const [task, setTask] = useState('');
  const [context, setContext] = useState('');
  const [skipTo, setSkipTo] = useState('');
  const [reason, setReason] = useState('');
  const navigate = useNavigate();
  const body = {
    task: task.trim(),
    ...said('context', context),
    ...said('skip_to', skipTo),
    ...said('reason', reason),
    ...author(),
  };
  const redirect = useCommand({
    done: 'Redirected',
    runId: run.id,
    send: (_: void, id) =>
      answerOf(
        api.POST('/api/v1/runs/{id}/redirect', { params: { path: { id: run.id } }, body: { ...body, id } }),
      ),
    onDone: ({ newRunId }) => {
      onClose();
      if (newRunId != null) void navigate({ to: '/runs/$id', params: { id: newRunId } });
    },
  });
  return (
    <CommandDialog
      title="Redirect the run"
      description="This run ends as cancelled. Another one takes its place with the new task, the results that still hold and the rest of the budget."
      verb="Redirect"
      onClose={onClose}
      onSend={() => redirect.mutate()}
      isSending={redirect.isPending}
      error={redirect.error}
      why={task.trim() === '' ? 'Say what is to be done instead.' : undefined}
      request={{ method: 'POST', path: `/api/v1/runs/${run.id}/redirect`, body }}
      command={['redirect', run.id, task.trim(), ...(skipTo === '' ? [] : ['--skip-to', skipTo])]}
    >
      <Field label="What is to be done instead" required>
        {(ids) => (
          <TextArea {...ids} autoFocus value={task} onChange={({ target }) => setTask(target.value)} />
        )}
      </Field>
      <Field label="Begin with">
        {(ids) => (
          <Choice {...ids} value={skipTo} onChange={({ target }) => setSkipTo(target.value)}>
            <option value="">the first step</option>
            {steps.map(({ key, title }) => (
              <option key={key} value={key}>
                {title === key ? key : `${title} (${key})`}
              </option>
            ))}
          </Choice>
        )}
      </Field>
      <Field label="What agents should know">
        {(ids) => (
          <TextArea {...ids} rows={2} value={context} onChange={({ target }) => setContext(target.value)} />
        )}
      </Field>
      <ReasonField value={reason} onChange={setReason} />
    </CommandDialog>
  );
}
