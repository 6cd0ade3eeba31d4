/** The result of a step, whole: as a tree, as Markdown where it is text that reads so, as a picture, and as it is. */
import { useQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../api/part.ts';
import { api, Refused } from '../../api/client.ts';
import type { Step } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Echo } from '../../parts/echo.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { faultWords, SkeletonRows } from '../../parts/states.tsx';
import { bytesWords } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import { pictureOf, readsAsMarkdown } from './output-form.ts';

const Markdown = lazyPart(() => import('../../parts/markdown.tsx'));

/** More than this is shown when it is asked for. */
const GATE_BYTES = 1_000_000;

export default function Output({ step }: { readonly step: Step }) {
  const { run, at } = useRun();
  const [isAsked, setAsked] = useState(false);
  const bytes = step.output_bytes ?? 0;
  const isThere = step.output_bytes !== null && at === undefined;
  const isOpen = isThere && (bytes <= GATE_BYTES || isAsked);
  const { data: text, error } = useQuery({
    queryKey: ['run', run.id, 'step', step.key, 'output', step.attempt, step.completed_at],
    enabled: isOpen,
    queryFn: async ({ signal }) => {
      const params = { path: { id: run.id, key: step.key } };
      const { data, response } = await api.GET('/api/v1/runs/{id}/steps/{key}/output', {
        params,
        signal,
        parseAs: 'text',
      });
      if (!response.ok) throw new Error(`The result could not be had (${response.status}).`);
      return String(data);
    },
  });
  if (at !== undefined)
    return <p className="text-sm text-quiet">Results are shown as they are now: go to now to see it.</p>;
  if (!isThere)
    return (
      <p className="text-sm text-quiet">
        {step.completed_at === null ? 'It has no result yet.' : 'It has no result.'}
      </p>
    );
  if (!isOpen) {
    return <Button onClick={() => setAsked(true)}>Show the result ({bytesWords(bytes)})</Button>;
  }
  if (error !== null)
    return (
      <p role="alert" className="text-sm text-fail">
        {error instanceof Refused ? faultWords(error) : error.message}
      </p>
    );
  if (text === undefined) return <SkeletonRows rows={4} />;
  return <Shown text={text} bytes={bytes} runId={run.id} step={step.key} />;
}

interface ShownProps {
  readonly text: string;
  readonly bytes: number;
  readonly runId: string;
  readonly step: string;
}

function Shown({ text, bytes, runId, step }: ShownProps) {
  const value = parsed(text);
  const said = typeof value === 'string' ? value : undefined;
  const picture = pictureOf(value);
  const forms = [
    ...(picture !== undefined ? ['Picture'] : []),
    ...(said !== undefined && readsAsMarkdown(said) ? ['Read'] : []),
    'Tree',
    'Text',
  ];
  const [chosen, setChosen] = useState<string>();
  const form = chosen ?? forms[0];
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-1">
        {forms.map((one) => (
          <Button
            key={one}
            kind={one === form ? 'normal' : 'quiet'}
            size="small"
            aria-pressed={one === form}
            onClick={() => setChosen(one)}
          >
            {one}
          </Button>
        ))}
        <span className="flex-1 text-right text-xs text-quiet">{bytesWords(bytes)}</span>
        <Copy text={said ?? text} what="the result" />
        <Echo
          request={{ method: 'GET', path: `/api/v1/runs/${runId}/steps/${step}/output` }}
          command={['output', runId, step]}
        />
      </div>
      {form === 'Picture' && picture !== undefined && (
        <img
          src={picture}
          alt={`The result of ${step}`}
          className="max-w-full rounded-(--radius) border border-line"
        />
      )}
      {form === 'Read' && said !== undefined && (
        <Suspense fallback={<SkeletonRows rows={3} />}>
          <Markdown text={said} />
        </Suspense>
      )}
      {form === 'Tree' && <JsonView value={value} label="Result" />}
      {form === 'Text' && (
        <pre
          tabIndex={0}
          className="overflow-auto rounded-(--radius) border border-line bg-surface p-2 text-xs whitespace-pre-wrap wrap-anywhere"
        >
          {said ?? text}
        </pre>
      )}
    </div>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
