/** How past runs would go with the draft: each is played with what it has recorded. Nothing is sent, run or asked. */
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Rehearsal } from '../../../../src/rehearsal/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/field.tsx';
import { faultWords } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { counted } from '../../words/figures.ts';
import type { Words } from '../../words/status.ts';
import type { Format } from '../publish.ts';
import type { Recorded } from './played-draft.ts';
import { recordedRun } from './recorded-run.ts';
import { useRehearsals } from './use-trial.ts';

interface PastRunsProps {
  readonly text: string;
  readonly format: Format;
  readonly name: string;
}

const HOW_MANY = ['10', '25', '50'] as const;
const ENDED = 'completed,failed,cancelled,terminated,timed_out';
const NONE: readonly Recorded[] = [];

export default function PastRunsView({ text, format, name }: PastRunsProps) {
  const [many, setMany] = useState<string>(HOW_MANY[0]);
  const reading = useReading(name);
  const rehearsals = useRehearsals(text, format, reading.data ?? NONE);
  return (
    <div className="flex flex-col gap-4 text-sm">
      <p className="text-quiet">
        Past runs are played with this text and what they have recorded: would they take the same path, and
        would anything break?
      </p>
      <div className="flex items-center gap-2">
        <Choice aria-label="How many runs" value={many} onChange={({ target }) => setMany(target.value)}>
          {HOW_MANY.map((one) => (
            <option key={one} value={one}>
              The last {one}
            </option>
          ))}
        </Choice>
        <Button
          why={reading.isPending ? 'They are being read.' : undefined}
          onClick={() => reading.mutate(Number(many))}
        >
          Play them
        </Button>
      </div>
      {reading.isPending && <p role="status">Reading {reading.read} runs…</p>}
      {reading.error !== null && (
        <p role="alert" className="text-fail">
          {faultWords(reading.error)}
        </p>
      )}
      {reading.data?.length === 0 && <p className="text-quiet">No run of {name} has ended yet.</p>}
      {rehearsals === null && <p className="text-fail">The text has errors: they stand below it.</p>}
      {rehearsals != null && rehearsals.length > 0 && <Found rehearsals={rehearsals} />}
    </div>
  );
}

/** Reads the last runs that have ended, one after the other; those that are archived are left out. */
function useReading(name: string) {
  const [read, setRead] = useState(0);
  const reading = useMutation({
    mutationFn: async (limit: number) => {
      setRead(0);
      const query = { workflow: name, status: ENDED, limit };
      const { items } = await dataOf(api.GET('/api/v1/runs', { params: { query } }));
      const found: Recorded[] = [];
      for (const { id, archived_at: archived } of items) {
        if (archived === null) found.push(await recordedRun(id));
        setRead(found.length);
      }
      return found;
    },
  });
  return { ...reading, read };
}

const WORDS: Readonly<Record<Rehearsal['verdict'], Words>> = {
  same: { text: 'The same path', tone: 'done', sign: 'done' },
  expected: { text: 'Another path, where the text has changed', tone: 'run', sign: 'done' },
  parts: { text: 'Another path', tone: 'need', sign: 'asks' },
  breaks: { text: 'Would break', tone: 'fail', sign: 'failed' },
};

function Found({ rehearsals }: { readonly rehearsals: readonly Rehearsal[] }) {
  const bad = rehearsals.filter(({ verdict }) => verdict === 'breaks' || verdict === 'parts').length;
  const all = counted(rehearsals.length, 'run');
  return (
    <>
      <p role="status" className="font-medium">
        {bad === 0
          ? `All well: ${all} would go as before, or as the change says.`
          : `${bad} of ${all} would go otherwise.`}
      </p>
      <ol aria-label="Past runs" className="flex flex-col gap-2">
        {rehearsals.map((one) => (
          <OneRun key={one.run} rehearsal={one} />
        ))}
      </ol>
    </>
  );
}

function OneRun({ rehearsal }: { readonly rehearsal: Rehearsal }) {
  const { run, verdict, breaks, difference, same_output: same, assumed, unknown } = rehearsal;
  return (
    <li className="flex flex-col gap-1 rounded-(--radius) border border-line px-2 py-1.5">
      <div className="flex flex-wrap items-center gap-2">
        <Link to="/runs/$id" params={{ id: run }} className="flex-1 font-mono text-xs text-accent underline">
          {run}
        </Link>
        <StatusBadge words={WORDS[verdict]} />
      </div>
      {difference !== null && (
        <p className="wrap-anywhere">
          <span className="font-mono text-xs">{difference.step}</span>: {difference.was} before,{' '}
          {difference.is} now
          {difference.reason !== null && `: ${difference.reason}`}
        </p>
      )}
      {breaks.map(({ step, kind, message }) => (
        <p key={`${step} ${message}`} className="wrap-anywhere text-fail">
          {step ?? 'The run'} would break ({kind}): {message}
        </p>
      ))}
      <Quiet>{same === false && 'Its output would be another.'}</Quiet>
      <Quiet>{assumed.length > 0 && `Assumed to bring the same as before: ${assumed.join(', ')}.`}</Quiet>
      <Quiet>{unknown.length > 0 && `Nobody has recorded ${unknown.join(', ')}.`}</Quiet>
    </li>
  );
}

function Quiet({ children }: { readonly children: string | false }) {
  return children === false ? null : <p className="text-xs wrap-anywhere text-quiet">{children}</p>;
}
