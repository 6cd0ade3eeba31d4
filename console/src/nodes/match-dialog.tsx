/** Which node would do some work now, and what speaks against the others. Nothing is given out. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, problemOf } from '../api/client.ts';
import type { NodeMatch } from '../api/generated.ts';
import { CommandDialog } from '../parts/command-dialog.tsx';
import { Field, TextInput } from '../parts/field.tsx';
import { fieldFaults } from '../parts/field-faults.ts';
import { StatusIcon, toneText } from '../parts/status-badge.tsx';
import { cn } from '../parts/class-names.ts';
import { nameValuesIn } from '../words/name-values.ts';
import { counted } from '../words/figures.ts';
import { lossWords, medianWords, priceWords } from './node-words.ts';

interface MatchDialogProps {
  readonly onClose: () => void;
  /** Shows a node. */
  readonly onChoose: (node: string) => void;
}

export default function MatchDialog({ onClose, onChoose }: MatchDialogProps) {
  const [capability, setCapability] = useState('');
  const [labels, setLabels] = useState('');
  const [prefer, setPrefer] = useState('');
  const wanted = { labels: nameValuesIn(labels), prefer: nameValuesIn(prefer) };
  const faults = Object.fromEntries(Object.entries(wanted).filter(([, value]) => typeof value === 'string'));
  const need = {
    capability: capability.trim() === '' ? null : capability.trim(),
    labels: typeof wanted.labels === 'string' ? {} : wanted.labels,
    prefer: typeof wanted.prefer === 'string' ? {} : wanted.prefer,
  };
  const ask = useMutation({ mutationFn: () => dataOf(api.POST('/api/v1/nodes/match', { body: need })) });
  const told = { ...fieldFaults(problemOf(ask.error)), ...(faults as Readonly<Record<string, string>>) };
  const fields = [
    {
      name: 'capability',
      label: 'Capability',
      help: 'What it must be able to do.',
      value: capability,
      set: setCapability,
    },
    {
      name: 'labels',
      label: 'Labels',
      help: 'All of which it must have: gpu=a100, zone=b',
      value: labels,
      set: setLabels,
    },
    {
      name: 'prefer',
      label: 'Preferred labels',
      help: 'Who has most of them is taken first.',
      value: prefer,
      set: setPrefer,
    },
  ] as const;
  return (
    <CommandDialog
      wide
      title="Which node would do it?"
      description="As a step of kind node would be given out now. Nothing is given to anybody."
      verb="Ask"
      onClose={onClose}
      onSend={() => ask.mutate()}
      isSending={ask.isPending}
      error={ask.error}
      why={Object.values(told)[0]}
      request={{ method: 'POST', path: '/api/v1/nodes/match', body: need }}
      command={[
        ...['nodes', 'match'],
        ...(need.capability === null ? [] : ['--capability', need.capability]),
        ...Object.entries(need.labels).flatMap(([k, v]) => ['--label', `${k}=${v}`]),
        ...Object.entries(need.prefer).flatMap(([k, v]) => ['--prefer', `${k}=${v}`]),
      ]}
    >
      <div className="grid grid-cols-3 gap-4 narrow:grid-cols-1">
        {fields.map(({ name, label, help, value, set }) => (
          <Field key={name} label={label} help={help} fault={told[name]}>
            {(ids) => <TextInput {...ids} value={value} onChange={({ target }) => set(target.value)} />}
          </Field>
        ))}
      </div>
      {ask.data !== undefined && <Answer match={ask.data} onChoose={onChoose} />}
    </CommandDialog>
  );
}

interface AnswerProps {
  readonly match: NodeMatch;
  readonly onChoose: (node: string) => void;
}

function Answer({ match: { node, why, considered }, onChoose }: AnswerProps) {
  return (
    <section aria-label="Answer" className="flex flex-col gap-2 text-sm">
      <p role="status" className={cn('font-medium wrap-anywhere', toneText(node === null ? 'need' : 'done'))}>
        {node === null ? `None now. It would wait for ${why}.` : `${node}: ${why}.`}
      </p>
      <ol className="flex flex-col">
        {considered.map(({ node: id, against, preferred, used, slots, price, seconds, losses }) => (
          <li key={id} className="flex gap-2 border-t border-line py-1.5">
            <StatusIcon
              sign={against.length === 0 ? 'done' : 'stopped'}
              className={cn('mt-1', toneText(against.length === 0 ? 'done' : 'idle'))}
            />
            <div className="min-w-0 flex-1">
              <button
                type="button"
                className="min-h-6 font-medium wrap-anywhere text-accent underline"
                onClick={() => onChoose(id)}
              >
                {id}
              </button>
              <p className="text-xs wrap-anywhere text-quiet">
                {against.length === 0
                  ? [
                      'It fits',
                      preferred > 0 && counted(preferred, 'preferred label'),
                      `${used} of ${slots} slots taken`,
                      `lost ${lossWords(losses)}`,
                      `price ${priceWords(price)}`,
                      `median ${medianWords(seconds)}`,
                    ]
                      .filter((part) => part !== false)
                      .join(', ')
                  : `It ${against.join(', and ')}.`}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
