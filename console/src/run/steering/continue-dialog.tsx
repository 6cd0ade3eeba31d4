/** Continue: an ended run goes on, agents with more turns. */
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import { Choice, Field, TextArea, TextInput } from '../../parts/field.tsx';
import { CommandDialog } from '../../parts/command-dialog.tsx';
import { said } from './reason-field.tsx';
import type { RunDialogProps } from './run-dialogs.ts';

export function ContinueDialog({ run, steps, onClose }: RunDialogProps) {
  const [step, setStep] = useState('');
  const [message, setMessage] = useState('');
  const [turns, setTurns] = useState('');
  const wrongTurns = turns !== '' && !/^[1-9]\d{0,5}$/.test(turns);
  const body = {
    ...said('step', step),
    ...said('message', message),
    ...(turns !== '' && !wrongTurns && { additional_turns: Number(turns) }),
    ...author(),
  };
  const goOn = useCommand({
    done: 'Continued',
    runId: run.id,
    send: () => answerOf(api.POST('/api/v1/runs/{id}/continue', { params: { path: { id: run.id } }, body })),
    onDone: onClose,
  });
  const candidates = steps.filter(({ status }) => status === 'failed' || status === 'cancelled');
  return (
    <CommandDialog
      title="Continue the run"
      description="The same run goes on: what has completed stays, agents go on in their conversation."
      verb="Continue"
      onClose={onClose}
      onSend={() => goOn.mutate()}
      isSending={goOn.isPending}
      error={goOn.error}
      why={wrongTurns ? 'The turns must be a whole number.' : undefined}
      request={{ method: 'POST', path: `/api/v1/runs/${run.id}/continue`, body }}
      command={[
        'continue',
        run.id,
        ...(step === '' ? [] : ['--step', step]),
        ...(turns === '' ? [] : ['--turns', turns]),
      ]}
    >
      <Field label="Go on with">
        {(ids) => (
          <Choice {...ids} value={step} onChange={({ target }) => setStep(target.value)}>
            <option value="">all that failed, were cancelled or reached a limit</option>
            {candidates.map(({ key }) => (
              <option key={key}>{key}</option>
            ))}
          </Choice>
        )}
      </Field>
      <Field label="What the agent is told" help="Default: to go on.">
        {(ids) => <TextArea {...ids} value={message} onChange={({ target }) => setMessage(target.value)} />}
      </Field>
      <Field
        label="Turns"
        help="Of the new stretch; default: as many as the definition gives one."
        fault={wrongTurns ? 'must be a whole number' : undefined}
      >
        {(ids) => (
          <TextInput
            {...ids}
            inputMode="numeric"
            value={turns}
            onChange={({ target }) => setTurns(target.value)}
          />
        )}
      </Field>
    </CommandDialog>
  );
}
