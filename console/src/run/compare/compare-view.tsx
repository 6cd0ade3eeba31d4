/** Two runs side by side: it opens at the first difference. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import type { RunDifference } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { cn } from '../../parts/class-names.ts';
import { DiffView } from '../../parts/diff-view.tsx';
import { Echo } from '../../parts/echo.tsx';
import { Fault, SkeletonRows } from '../../parts/states.tsx';
import { countWords, durationWords, moneyWords } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';

type StepDifference = RunDifference['steps'][number];

export function CompareView({ other }: { readonly other: string }) {
  const { run } = useRun();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery({
    queryKey: ['run', run.id, 'diff', other, run.last_seq],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/runs/{id}/diff/{other}', { params: { path: { id: run.id, other } }, signal })),
  });
  if (error !== null) return <Fault error={error} retry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows />;
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2 text-sm">
        <h2 className="flex-1 font-semibold wrap-anywhere">
          This run and{' '}
          <Link to="/runs/$id" params={{ id: other }} className="text-accent underline">
            {other}
          </Link>
        </h2>
        <Echo
          request={{ method: 'GET', path: `/api/v1/runs/${run.id}/diff/${other}` }}
          command={['diff', run.id, other]}
        />
        <Button
          size="small"
          onClick={() => void navigate({ to: '.', search: ({ compare: _gone, ...search }) => search })}
        >
          Back to the checkpoints
        </Button>
      </div>
      <Sums difference={data} />
      <Steps difference={data} />
    </div>
  );
}

function Sums({
  difference: { a, b, first_difference: first, inputs, output },
}: {
  readonly difference: RunDifference;
}) {
  const rows: readonly (readonly [string, string, string])[] = [
    ['Status', a.status, b.status],
    ['Version', a.version ?? '–', b.version ?? '–'],
    ['Time', seconds(a.duration_seconds), seconds(b.duration_seconds)],
    ['Turns', countWords(a.turns), countWords(b.turns)],
    ['Tokens', countWords(a.total_tokens), countWords(b.total_tokens)],
    ['Cost', moneyWords(a.cost_estimate), moneyWords(b.cost_estimate)],
  ];
  return (
    <section className="p-4 text-sm">
      <p className="mb-3 rounded-(--radius) bg-accent-wash px-3 py-2">
        {first === null
          ? 'They are the same, whatever they took.'
          : first.step === null
            ? `They differ first in their ${first.what}.`
            : `They differ first at the step ${first.step}.`}
      </p>
      <table className="tabular">
        <thead>
          <tr className="text-left text-quiet [&>th]:pr-8 [&>th]:font-normal">
            <th>What</th>
            <th>this run</th>
            <th>the other</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, left, right]) => (
            <tr key={name} className="[&>td]:pr-8">
              <td className="text-quiet">{name}</td>
              <td>{left}</td>
              <td className={cn(left !== right && 'font-medium')}>{right}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {inputs.map(({ name, a: left, b: right }) => (
        <figure key={name} className="mt-3">
          <figcaption className="mb-1 text-quiet">Input {name}</figcaption>
          <DiffView before={textOf(left)} after={textOf(right)} label={`Input ${name}`} />
        </figure>
      ))}
      {output.differs && (
        <figure className="mt-3">
          <figcaption className="mb-1 text-quiet">Result</figcaption>
          <DiffView before={textOf(output.a)} after={textOf(output.b)} label="Result" />
        </figure>
      )}
    </section>
  );
}

function Steps({ difference: { steps, first_difference: first } }: { readonly difference: RunDifference }) {
  const [opened, setOpened] = useState<string | undefined>(first?.step ?? undefined);
  const [onlyDifferent, setOnly] = useState(true);
  const shown = onlyDifferent ? steps.filter(({ differs }) => differs.length > 0) : steps;
  return (
    <section className="border-t border-line">
      <div className="flex items-center gap-2 px-4 py-2 text-sm">
        <h3 className="flex-1 font-semibold">Steps</h3>
        <Button
          size="small"
          kind={onlyDifferent ? 'normal' : 'quiet'}
          aria-pressed={onlyDifferent}
          onClick={() => setOnly(!onlyDifferent)}
        >
          Only what differs
        </Button>
      </div>
      <ul>
        {shown.map((step) => (
          <li key={step.key} className="border-t border-line">
            <button
              type="button"
              aria-expanded={opened === step.key}
              onClick={() => setOpened(opened === step.key ? undefined : step.key)}
              className="flex w-full flex-wrap items-center gap-x-4 px-4 py-2 text-left text-sm hover:bg-hover"
            >
              <span className="min-w-32 font-medium">{step.key}</span>
              <span className="text-quiet">
                {step.differs.length === 0 ? 'the same' : step.differs.join(', ')}
              </span>
              <span className="tabular flex-1 text-right text-quiet">
                {step.a?.status ?? 'not there'} / {step.b?.status ?? 'not there'}
              </span>
            </button>
            {opened === step.key && <Detail step={step} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Detail({ step: { key, a, b } }: { readonly step: StepDifference }) {
  const texts = [
    ['Prompt', a?.prompt ?? '', b?.prompt ?? ''],
    ['Result', textOf(a?.output ?? null), textOf(b?.output ?? null)],
    ['Error', a?.error ?? '', b?.error ?? ''],
  ] as const;
  return (
    <div className="flex flex-col gap-3 bg-surface px-4 py-3 text-sm">
      <p className="tabular text-quiet">
        {[a, b]
          .map((side) =>
            side === null
              ? 'not there'
              : `${side.model ?? 'no model'}, ${countWords(side.total_tokens)} tokens, ${moneyWords(side.cost_estimate)}, ${seconds(side.duration_seconds)}`,
          )
          .join(' / ')}
      </p>
      {texts
        .filter(([, left, right]) => left !== right)
        .map(([name, left, right]) => (
          <figure key={name}>
            <figcaption className="mb-1 text-quiet">{name}</figcaption>
            <DiffView before={left} after={right} label={`${name} of ${key}`} />
          </figure>
        ))}
    </div>
  );
}

function seconds(value: number | null): string {
  return value === null ? '–' : durationWords(value);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
