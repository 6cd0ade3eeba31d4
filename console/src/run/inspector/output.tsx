/** The result of a step, whole or a part of it: as a tree, a picture, a patch, as Markdown where it reads so, and as it is. */
import { useQuery } from '@tanstack/react-query';
import { Suspense, useMemo, useState } from 'react';
import { lazyPart } from '../../api/part.ts';
import { outputText, Refused } from '../../api/client.ts';
import type { Step } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Echo } from '../../parts/echo.tsx';
import { Choice } from '../../parts/field.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { PatchView } from '../../parts/patch-view.tsx';
import { faultWords, SkeletonRows } from '../../parts/states.tsx';
import { bytesWords } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import { formsOf, partsOf, pictureOf, type Form } from './output-form.ts';

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
    queryFn: ({ signal }) => outputText(run.id, step.key, signal),
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
  const value = useMemo(() => parsed(text), [text]);
  const parts = useMemo(() => partsOf(value), [value]);
  const [path, setPath] = useState('');
  const part = parts.find((one) => one.path === path);
  const said = part?.value ?? (typeof value === 'string' ? value : text);
  const address = `/api/v1/runs/${runId}/steps/${step}/output`;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-1">
        {parts.length > 0 && (
          <Choice
            aria-label="Part of the result"
            className="h-7 w-auto max-w-60 text-xs"
            value={part?.path ?? ''}
            onChange={({ target }) => setPath(target.value)}
          >
            <option value="">All of it</option>
            {parts.map((one) => (
              <option key={one.path}>{one.path}</option>
            ))}
          </Choice>
        )}
        <span className="flex-1 text-right text-xs text-quiet">{bytesWords(bytes)}</span>
        <Copy text={said} what={part === undefined ? 'the result' : part.path} />
        <Echo request={{ method: 'GET', path: address }} command={['output', runId, step]} />
      </div>
      <InForms
        key={part?.path ?? ''}
        value={part?.value ?? value}
        text={said}
        label={part?.path ?? `The result of ${step}`}
      />
    </div>
  );
}

interface InFormsProps {
  readonly value: unknown;
  readonly text: string;
  readonly label: string;
}

/** In the most telling form, and in others by choice. */
function InForms({ value, text, label }: InFormsProps) {
  const forms = formsOf(value);
  const [chosen, setChosen] = useState<Form>();
  const form = chosen ?? forms[0];
  const picture = pictureOf(value);
  return (
    <>
      {forms.length > 1 && (
        <div className="flex flex-wrap gap-1">
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
        </div>
      )}
      {form === 'Picture' && (
        <img src={picture} alt={label} className="max-w-full rounded-(--radius) border border-line" />
      )}
      {form === 'Changes' && <PatchView text={text} label={label} />}
      {form === 'Read' && (
        <Suspense fallback={<SkeletonRows rows={3} />}>
          <Markdown text={text} />
        </Suspense>
      )}
      {form === 'Tree' && <JsonView value={value} label={label} />}
      {form === 'Text' && (
        <pre
          tabIndex={0}
          className="overflow-auto rounded-(--radius) border border-line bg-surface p-2 text-xs whitespace-pre-wrap wrap-anywhere"
        >
          {text}
        </pre>
      )}
    </>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
