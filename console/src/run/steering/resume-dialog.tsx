/** Resume, with more for the agents to know if there is more. */
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import { Field, TextArea } from '../../parts/field.tsx';
import { CommandDialog } from '../../parts/command-dialog.tsx';
import { said } from './reason-field.tsx';
import type { RunDialogProps } from './run-dialogs.ts';

export function ResumeDialog({ run, onClose }: RunDialogProps) {
  const [context, setContext] = useState('');
  const body = {
    action_type: 'resume' as const,
    content: context.trim() === '' ? 'Resume' : 'Resume with more context',
    ...(context.trim() !== '' && { metadata: { additionalContext: context.trim() } }),
    ...author(),
  };
  const resume = useCommand({
    done: 'Resumed',
    runId: run.id,
    send: (_: void, id) =>
      answerOf(
        api.POST('/api/v1/runs/{id}/messages', { params: { path: { id: run.id } }, body: { ...body, id } }),
      ),
    onDone: onClose,
  });
  return (
    <CommandDialog
      title="Resume the run"
      description={
        run.pause_reason === null ? 'It goes on where it stands.' : `It was paused: ${run.pause_reason}`
      }
      verb="Resume"
      onClose={onClose}
      onSend={() => resume.mutate()}
      isSending={resume.isPending}
      error={resume.error}
      request={{ method: 'POST', path: `/api/v1/runs/${run.id}/messages`, body }}
      command={['resume', run.id, ...Object.values(said('reason', context))]}
    >
      <Field
        label="What agents should know"
        help="Given to the agents that are at work before their next turn."
      >
        {(ids) => (
          <TextArea {...ids} autoFocus value={context} onChange={({ target }) => setContext(target.value)} />
        )}
      </Field>
    </CommandDialog>
  );
}
