/** What the step was given: its prompt, command or address with all templates filled in, for the attempt that is chosen. */
import { useQuery } from '@tanstack/react-query';
import { Suspense, useState, type ReactNode } from 'react';
import { api, dataOf, Refused } from '../../api/client.ts';
import type { GivenValue, Step, StepInput } from '../../api/generated.ts';
import { lazyPart } from '../../api/part.ts';
import { Copy } from '../../parts/copy.tsx';
import { Echo } from '../../parts/echo.tsx';
import { Choice } from '../../parts/field.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { faultWords, SkeletonRows } from '../../parts/states.tsx';
import { bytesWords } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import { membersOf } from './given-members.ts';
import { readsAsMarkdown } from './output-form.ts';

const Markdown = lazyPart(() => import('../../parts/markdown.tsx'));

export default function Given({ step }: { readonly step: Step }) {
  const { run } = useRun();
  const [chosen, setChosen] = useState('');
  const newest = step.attempts.at(-1);
  const attempt = step.attempts.find((one) => nameOf(one) === chosen) ?? newest;
  const { data: input, error } = useQuery({
    queryKey: ['run', run.id, 'step', step.key, 'input', attempt?.epoch, attempt?.attempt],
    enabled: attempt !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/runs/{id}/steps/{key}/input', {
          params: {
            path: { id: run.id, key: step.key },
            query: { attempt: attempt?.attempt ?? 1, epoch: attempt?.epoch ?? 0 },
          },
          signal,
        }),
      ),
  });
  if (attempt === undefined) return <Note>It has not been tried yet.</Note>;
  return (
    <div className="flex flex-col gap-3 text-sm">
      {step.attempts.length > 1 && (
        <Choice
          aria-label="Which try"
          value={nameOf(attempt)}
          onChange={(event) => setChosen(event.target.value)}
        >
          {step.attempts.toReversed().map((one) => (
            <option key={nameOf(one)} value={nameOf(one)}>
              {nameOf(one)}
            </option>
          ))}
        </Choice>
      )}
      {error !== null && <Note>{wordsOf(error)}</Note>}
      {input === undefined && error === null && <SkeletonRows rows={4} />}
      {input !== undefined && input.attempt === attempt.attempt && <Shown input={input} />}
      {input !== undefined && input.attempt !== attempt.attempt && (
        <Note>The export has what the newest try was given, and no other.</Note>
      )}
    </div>
  );
}

function Shown({ input }: { readonly input: StepInput }) {
  const { run_id: run, step, attempt, at, queue, fault, idempotency_key: key, values } = input;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-quiet">
        <span className="flex-1">
          <Moment at={at} as="clock" />
          {queue !== null && `, queue ${queue}`}
        </span>
        <Copy text={() => JSON.stringify(input.given, null, 2)} what="what it was given" />
        <Echo
          request={{ method: 'GET', path: `/api/v1/runs/${run}/steps/${step}/input?attempt=${attempt}` }}
          command={['input', run, step, '--attempt', String(attempt)]}
        />
      </div>
      {fault !== null && <Note>It cannot be shown: {fault.message}</Note>}
      {fault === null &&
        membersOf(input).map(([name, value]) => <Member key={name} name={name} value={value} />)}
      {values.length > 0 && <Values values={values} />}
      <p className="text-xs wrap-anywhere text-quiet">
        Idempotency key <span className="font-mono">{key}</span>
      </p>
    </>
  );
}

function Member({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <section>
      <h3 className="mb-1 font-semibold">{name}</h3>
      {typeof value === 'string' ? <Text text={value} /> : <JsonView value={value} label={name} open={2} />}
    </section>
  );
}

function Text({ text }: { readonly text: string }) {
  if (readsAsMarkdown(text))
    return (
      <Suspense fallback={<SkeletonRows rows={2} />}>
        <Markdown text={text} />
      </Suspense>
    );
  return (
    <pre
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-(--radius) border border-line bg-surface p-2 text-xs whitespace-pre-wrap wrap-anywhere"
    >
      {text}
    </pre>
  );
}

/** What the templates read. */
function Values({ values }: { readonly values: readonly GivenValue[] }) {
  return (
    <section>
      <h3 className="mb-1 font-semibold">Values that it read</h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {values.map(({ name, bytes, preview, hash }) => (
          <div key={name} className="contents">
            <dt className="font-mono text-xs text-quiet">{name}</dt>
            <dd className="min-w-0 wrap-anywhere">
              {hash === null ? (
                preview
              ) : (
                <a
                  href={`/api/v1/blobs/${hash}`}
                  target="_blank"
                  rel="noopener"
                  className="text-accent underline"
                >
                  {bytesWords(bytes)}
                </a>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Note({ children }: { readonly children: ReactNode }) {
  return <p className="text-quiet">{children}</p>;
}

function nameOf({ attempt, epoch }: Step['attempts'][number]): string {
  return `Try ${attempt}${epoch > 0 ? `, epoch ${epoch}` : ''}`;
}

function wordsOf(error: Error): string {
  if (!(error instanceof Refused)) return faultWords(error);
  return error.problem.code === 'input_not_found'
    ? 'No worker was given this: people or the clock do it, or the run took it over from another.'
    : error.message;
}
