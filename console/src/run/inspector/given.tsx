/** What the step was given: its prompt, command or address with all templates filled in, for the attempt that is chosen. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Suspense, useState, type ReactNode } from 'react';
import { api, dataOf, Refused } from '../../api/client.ts';
import type { GivenValue, Step, StepInput } from '../../api/generated.ts';
import { lazyPart } from '../../api/part.ts';
import { Button } from '../../parts/button.tsx';
import { Copy } from '../../parts/copy.tsx';
import { DiffView } from '../../parts/diff-view.tsx';
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
  const [isCompared, setCompared] = useState(false);
  const all = step.attempts;
  const attempt = all.find((one) => nameOf(one) === chosen) ?? all.at(-1);
  const before = attempt === undefined ? undefined : all[all.indexOf(attempt) - 1];
  const { data: input, error } = useQuery(inputQuery(run.id, step.key, attempt));
  if (attempt === undefined) return <Note>It has not been tried yet.</Note>;
  return (
    <div className="flex flex-col gap-3 text-sm">
      {all.length > 1 && (
        <div className="flex flex-wrap items-center gap-2">
          <Choice
            aria-label="Which try"
            className="w-auto"
            value={nameOf(attempt)}
            onChange={(event) => setChosen(event.target.value)}
          >
            {all.toReversed().map((one) => (
              <option key={nameOf(one)}>{nameOf(one)}</option>
            ))}
          </Choice>
          <Button
            aria-pressed={isCompared}
            why={before === undefined ? 'There is no try before it.' : undefined}
            onClick={() => setCompared(!isCompared)}
          >
            What is other than before
          </Button>
        </div>
      )}
      {error !== null && <Note>{wordsOf(error)}</Note>}
      {input === undefined && error === null && <SkeletonRows rows={4} />}
      {input !== undefined && input.attempt !== attempt.attempt && (
        <Note>The export has what the newest try was given, and no other.</Note>
      )}
      {input?.attempt === attempt.attempt &&
        (isCompared && before !== undefined ? (
          <Compared input={input} before={before} />
        ) : (
          <Shown input={input} />
        ))}
    </div>
  );
}

type Tried = Step['attempts'][number];

const inputQuery = (run: string, step: string, tried: Tried | undefined) =>
  queryOptions({
    queryKey: ['run', run, 'step', step, 'input', tried?.epoch, tried?.attempt],
    enabled: tried !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => {
      const query = { attempt: tried?.attempt ?? 1, epoch: tried?.epoch ?? 0 };
      const params = { path: { id: run, key: step }, query };
      return dataOf(api.GET('/api/v1/runs/{id}/steps/{key}/input', { params, signal }));
    },
  });

interface ComparedProps {
  readonly input: StepInput;
  readonly before: Tried;
}

/** What was given then and what is given now, line by line. */
function Compared({ input, before }: ComparedProps) {
  const { data: former, error } = useQuery(inputQuery(input.run_id, input.step, before));
  if (error !== null) return <Note>{wordsOf(error)}</Note>;
  if (former === undefined) return <SkeletonRows rows={4} />;
  return (
    <DiffView
      before={linesOf(former)}
      after={linesOf(input)}
      label={`${nameOf(before)} and try ${input.attempt}`}
    />
  );
}

/** Members one below the other, texts with their own lines. */
function linesOf(input: StepInput): string {
  return membersOf(input)
    .map(
      ([name, value]) => `${name}:\n${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}\n`,
    )
    .join('\n');
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

function nameOf({ attempt, epoch }: Pick<Tried, 'attempt' | 'epoch'>): string {
  return `Try ${attempt}${epoch > 0 ? `, epoch ${epoch}` : ''}`;
}

function wordsOf(error: Error): string {
  if (!(error instanceof Refused)) return faultWords(error);
  return error.problem.code === 'input_not_found'
    ? 'No worker was given this: people or the clock do it, or the run took it over from another.'
    : error.message;
}
