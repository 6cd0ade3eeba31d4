/** Pause: how soon, and for how long. */
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import type { PauseCommand } from '../../api/generated.ts';
import { Choice, Field } from '../../parts/field.tsx';
import { CommandDialog } from '../../parts/command-dialog.tsx';
import { ReasonField, said } from './reason-field.tsx';
import type { RunDialogProps } from './run-dialogs.ts';

type Mode = NonNullable<PauseCommand['mode']>;

const MODES: Readonly<Record<Mode, string>> = {
  after_turn: 'After this turn: agents stop between two turns, other steps come to their end',
  after_step: 'After this step: agents too come to the end of their step',
  now: 'Now: model calls are stopped, what was answered so far is kept',
};

const TIMES = [
  ['0', 'Until somebody resumes it'],
  ['30m', 'For 30 minutes'],
  ['2h', 'For 2 hours'],
  ['1d', 'For a day'],
] as const;

export function PauseDialog({ run, onClose }: RunDialogProps) {
  const [mode, setMode] = useState<Mode>('after_turn');
  const [timeout, setTimeout] = useState<string>('0');
  const [atEnd, setAtEnd] = useState<'resume' | 'cancel'>('resume');
  const [reason, setReason] = useState('');
  const body = {
    mode,
    // A number is ms: 0 is for ever.
    timeout: timeout === '0' ? 0 : timeout,
    ...(timeout !== '0' && { on_timeout: atEnd }),
    ...said('reason', reason),
    ...author(),
  };
  const pause = useCommand({
    done: 'Paused',
    runId: run.id,
    send: (_: void, id) =>
      answerOf(
        api.POST('/api/v1/runs/{id}/pause', { params: { path: { id: run.id } }, body: { ...body, id } }),
      ),
    onDone: onClose,
  });
  return (
    <CommandDialog
      title="Pause the run"
      description="Nothing new starts, retries included. What people say is taken, and clocks of what does not run stand still."
      verb="Pause"
      onClose={onClose}
      onSend={() => pause.mutate()}
      isSending={pause.isPending}
      error={pause.error}
      request={{ method: 'POST', path: `/api/v1/runs/${run.id}/pause`, body }}
      command={['pause', run.id, ...(reason === '' ? [] : [reason]), '--mode', mode, '--timeout', timeout]}
    >
      <ReasonField isFirst value={reason} onChange={setReason} />
      <Field label="How soon">
        {(ids) => (
          <Choice {...ids} value={mode} onChange={({ target }) => setMode(target.value as Mode)}>
            {Object.entries(MODES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </Choice>
        )}
      </Field>
      <Field label="How long">
        {(ids) => (
          <Choice {...ids} value={timeout} onChange={({ target }) => setTimeout(target.value)}>
            {TIMES.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </Choice>
        )}
      </Field>
      {timeout !== '0' && (
        <Field label="Then">
          {(ids) => (
            <Choice
              {...ids}
              value={atEnd}
              onChange={({ target }) => setAtEnd(target.value as 'resume' | 'cancel')}
            >
              <option value="resume">it goes on</option>
              <option value="cancel">it is cancelled</option>
            </Choice>
          )}
        </Field>
      )}
    </CommandDialog>
  );
}
