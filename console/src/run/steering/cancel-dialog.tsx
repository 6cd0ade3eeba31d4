/** Cancel, with what it means for this run now. */
import { listed } from '../../words/listed.ts';
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import type { Step } from '../../api/generated.ts';
import { counted } from '../../words/figures.ts';
import { CommandDialog } from '../../parts/command-dialog.tsx';
import { ReasonField, said } from './reason-field.tsx';
import type { RunDialogProps } from './run-dialogs.ts';
import { isSettled } from './why-not.ts';

export function CancelDialog({ run, steps, onClose }: RunDialogProps) {
  const [reason, setReason] = useState('');
  const body = { ...said('reason', reason), ...author() };
  const cancel = useCommand({
    done: 'Cancelled',
    runId: run.id,
    send: (_: void, id) =>
      answerOf(
        api.POST('/api/v1/runs/{id}/cancel', { params: { path: { id: run.id } }, body: { ...body, id } }),
      ),
    onDone: onClose,
  });
  return (
    <CommandDialog
      title="Cancel the run?"
      description="It ends for good. It can be continued or forked later."
      verb="Cancel the run"
      danger
      onClose={onClose}
      onSend={() => cancel.mutate()}
      isSending={cancel.isPending}
      error={cancel.error}
      request={{ method: 'POST', path: `/api/v1/runs/${run.id}/cancel`, body }}
      command={['cancel', run.id, ...(reason === '' ? [] : [reason])]}
    >
      <Consequences steps={steps} />
      <ReasonField isFirst value={reason} onChange={setReason} />
    </CommandDialog>
  );
}

/** What stops, what never starts, what stays. */
function Consequences({ steps }: { readonly steps: readonly Step[] }) {
  const working = steps.filter(({ status }) => status === 'running');
  const waiting = steps.filter(({ status }) => status === 'waiting' || status === 'retrying');
  const pending = steps.filter(({ status }) => status === 'pending');
  const settled = steps.filter(isSettled);
  const lines = [
    working.length > 0 &&
      `${counted(working.length, 'step')} at work ${working.length === 1 ? 'is' : 'are'} stopped: ${names(working)}. What ${working.length === 1 ? 'it has' : 'they have'} done in the world stays.`,
    waiting.length > 0 &&
      `${counted(waiting.length, 'step')} that ${waiting.length === 1 ? 'waits' : 'wait'} for somebody or for another try ${waiting.length === 1 ? 'ends' : 'end'}: ${names(waiting)}.`,
    pending.length > 0 &&
      `${counted(pending.length, 'step')} never ${pending.length === 1 ? 'starts' : 'start'}.`,
    settled.length > 0 && `The results of ${counted(settled.length, 'step')} stay.`,
  ].filter((line) => line !== false);
  return (
    <ul className="list-disc pl-5 text-sm">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function names(steps: readonly Step[]): string {
  return listed(
    steps.map(({ key }) => key),
    4,
  );
}
