/** The model calls of an agent, and all that was said between it and its model. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import type { ModelCall, SessionMessage, Step } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { faultWords, SkeletonRows } from '../../parts/states.tsx';
import { countWords, durationWords, moneyWords } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';

export default function Calls({ step }: { readonly step: Step }) {
  const { run } = useRun();
  const { data, error } = useQuery({
    queryKey: ['run', run.id, 'calls', step.key, step.turns, step.status],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/runs/{id}/calls', {
          params: { path: { id: run.id }, query: { step: step.key, limit: 200 } },
          signal,
        }),
      ),
  });
  if (error !== null)
    return (
      <p role="alert" className="text-sm text-fail">
        {faultWords(error)}
      </p>
    );
  if (data === undefined) return <SkeletonRows rows={4} />;
  return (
    <div className="flex flex-col gap-4 text-sm">
      {data.items.length === 0 ? (
        <p className="text-quiet">No model was called yet.</p>
      ) : (
        <Table calls={data.items} />
      )}
      {step.session_id !== null && <Transcript session={step.session_id} turns={step.turns} />}
    </div>
  );
}

function Table({ calls }: { readonly calls: readonly ModelCall[] }) {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Model calls">
      <table className="w-full tabular">
        <thead>
          <tr className="border-b border-line text-left text-quiet [&>th]:py-1 [&>th]:pr-3 [&>th]:font-normal">
            <th>Turn</th>
            <th>Model</th>
            <th className="text-right">In</th>
            <th className="text-right">Out</th>
            <th className="text-right">Cost</th>
            <th className="text-right">Time</th>
            <th>End</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr
              key={`${call.epoch} ${call.attempt} ${call.turn} ${call.purpose}`}
              className="border-b border-line [&>td]:py-1 [&>td]:pr-3"
            >
              <td>
                {call.turn}
                {call.attempt > 1 && <span className="text-quiet"> (try {call.attempt})</span>}
              </td>
              <td className="max-w-40 truncate">{call.model ?? call.requested_model ?? '–'}</td>
              <td className="text-right">
                {call.input_tokens === null ? '–' : countWords(call.input_tokens)}
              </td>
              <td className="text-right">
                {call.output_tokens === null ? '–' : countWords(call.output_tokens)}
              </td>
              <td className="text-right">{moneyWords(call.cost_estimate)}</td>
              <td className="text-right">
                {call.duration_ms === null ? '–' : durationWords(call.duration_ms / 1000)}
              </td>
              <td className={call.status === 'completed' ? '' : 'text-fail'}>
                {call.status === 'completed' ? (call.finish_reason ?? '–') : call.status}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface TranscriptProps {
  readonly session: string;
  readonly turns: number;
}

function Transcript({ session, turns }: TranscriptProps) {
  const [isOpen, setOpen] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['session', session, turns],
    enabled: isOpen,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/sessions/{id}/messages', {
          params: { path: { id: session }, query: { limit: 200 } },
          signal,
        }),
      ),
  });
  return (
    <section>
      <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Hide the transcript' : 'Show the transcript'}
      </Button>
      {isOpen && error !== null && <p className="mt-2 text-fail">{faultWords(error)}</p>}
      {isOpen && data === undefined && error === null && <SkeletonRows rows={3} />}
      {isOpen && data !== undefined && (
        <ol className="mt-2 flex flex-col gap-2">
          {data.items.map((message, at) => (
            <Said key={at} message={message} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Said({ message }: { readonly message: SessionMessage }) {
  return (
    <li className="rounded-(--radius) border border-line p-2">
      <p className="mb-1 text-xs font-medium text-quiet">
        {'role' in message ? String(message.role) : 'message'}
      </p>
      <JsonView value={message} label="Message" open={1} />
    </li>
  );
}
