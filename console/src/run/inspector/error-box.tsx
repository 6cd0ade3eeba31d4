/** An error of a step or an attempt: what was said first, then what a program printed, then the rest. */
import type { Attempt } from '../../api/generated.ts';
import { Copy } from '../../parts/copy.tsx';
import { JsonView } from '../../parts/json-view.tsx';

type StepError = NonNullable<Attempt['error']>;

/** Shown in places of their own. */
const SHOWN = new Set(['type', 'category', 'message', 'attempt', 'stdout_tail', 'stderr_tail']);

export function ErrorBox({ error }: { readonly error: StepError }) {
  const rest = Object.fromEntries(Object.entries(error).filter(([name]) => !SHOWN.has(name)));
  return (
    <section className="flex flex-col gap-2 rounded-(--radius) bg-fail-wash p-3 text-sm" aria-label="Error">
      <div className="flex items-start gap-2">
        <p className="min-w-0 flex-1 wrap-anywhere whitespace-pre-wrap">{error.message}</p>
        <Copy text={() => JSON.stringify(error, null, 2)} what="the error" />
      </div>
      <p className="text-quiet">
        {error.type}
        {error.category !== undefined &&
          `, ${error.category === 'INFRA_ERROR' ? 'of the infrastructure' : 'of the task'}`}
        {error.attempt !== undefined && `, try ${error.attempt}`}
      </p>
      <Tail name="Standard error" text={error.stderr_tail} />
      <Tail name="Standard output" text={error.stdout_tail} />
      {Object.keys(rest).length > 0 && (
        <div className="rounded-sm bg-page p-2">
          <JsonView value={rest} label="More of the error" open={1} />
        </div>
      )}
    </section>
  );
}

function Tail({ name, text }: { readonly name: string; readonly text: string | undefined }) {
  if (text === undefined || text.trim() === '') return null;
  return (
    <figure>
      <figcaption className="text-xs text-quiet">{name}, its end</figcaption>
      <pre tabIndex={0} className="max-h-60 overflow-auto rounded-sm border border-line bg-page p-2 text-xs">
        {text.trimEnd()}
      </pre>
    </figure>
  );
}
