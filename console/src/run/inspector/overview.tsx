/** How a step is: why, what it waits for and what waits for it, its times, its worker, what it has used. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Assignment, Step } from '../../api/generated.ts';
import { Elapsed, Moment } from '../../parts/moment.tsx';
import { countWords, counted, moneyWords } from '../../words/figures.ts';
import { WhyChain } from '../head/why-chain.tsx';
import { useRun } from '../run-context.tsx';
import { ErrorBox } from './error-box.tsx';

export function Overview({ step }: { readonly step: Step }) {
  const { run, steps } = useRun();
  const dependents = steps
    .filter(({ dependencies }) => dependencies.includes(step.key))
    .map(({ key }) => key);
  return (
    <div className="flex flex-col gap-4 text-sm">
      {step.error !== null && <ErrorBox error={step.error} />}
      {step.reason !== null && <p>{step.reason}</p>}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        <Line name="Waits for">
          {step.dependencies.length === 0 ? 'nothing' : <Keys keys={step.dependencies} />}
        </Line>
        <Line name="Before">{dependents.length === 0 ? 'nothing' : <Keys keys={dependents} />}</Line>
        {step.started_at !== null && (
          <Line name="Started">
            <Moment at={step.started_at} as="clock" />,{' '}
            <Elapsed from={step.started_at} until={step.completed_at} />
          </Line>
        )}
        {step.attempt > 0 && <Line name="Try">{step.attempt}</Line>}
        {step.retry_at !== null && (
          <Line name="Next try">
            <Moment at={step.retry_at} />
          </Line>
        )}
        {step.capability !== null && <Line name="Capability">{step.capability}</Line>}
        {step.revision !== null && step.revision > 0 && <Line name="Revision">{step.revision}</Line>}
        {step.held !== null && (
          <Line name="Held">
            {step.held.by ?? 'by somebody'}
            {step.held.reason !== null && `: ${step.held.reason}`}
          </Line>
        )}
        <Line name="Record">
          <Link
            to="/runs/$id/$tab"
            params={{ id: run.id, tab: 'events' }}
            search={(search) => ({ ...search, of: step.key })}
            className="text-accent underline"
          >
            all its events
          </Link>
        </Line>
        <Usage step={step} />
        <Worker step={step} />
        <AtNode assignment={step.assignment} />
      </dl>
      {step.segments.length > 0 && <Segments step={step} />}
      <section>
        <h3 className="mb-1 font-semibold">Why</h3>
        <WhyChain runId={run.id} step={step.key} />
      </section>
    </div>
  );
}

interface LineProps {
  readonly name: string;
  readonly children: ReactNode;
}

function Line({ name, children }: LineProps) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  );
}

function Keys({ keys }: { readonly keys: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-x-2 gap-y-1">
      {keys.map((key) => (
        <Link
          key={key}
          to="."
          search={(search) => ({ ...search, step: key })}
          className="min-h-6 text-accent underline"
        >
          {key}
        </Link>
      ))}
    </span>
  );
}

function Usage({ step }: { readonly step: Step }) {
  if (step.kind !== 'agent') return null;
  return (
    <>
      <Line name="Agent">{step.agent ?? 'default'}</Line>
      {step.model !== null && <Line name="Model">{step.model}</Line>}
      <Line name="Used">
        {counted(step.turns, 'turn')}, {countWords(step.total_tokens)} tokens,{' '}
        {moneyWords(step.cost_estimate)}
      </Line>
    </>
  );
}

function Worker({ step: { process, waiting_for: lacks } }: { readonly step: Step }) {
  if (process === null) return lacks === null ? null : <Line name="Lacks">{lacks}</Line>;
  return (
    <>
      {lacks !== null && <Line name="Lacks">{lacks}</Line>}
      {process.worker !== null && <Line name="Worker">{process.worker}</Line>}
      {process.queue !== null && <Line name="Queue">{process.queue}</Line>}
      {process.last_heartbeat_at !== null && (
        <Line name="Heartbeat">
          <Moment at={process.last_heartbeat_at} />
        </Line>
      )}
    </>
  );
}

/** Of a step that a node does: which, why that one, and how far it says to be. */
function AtNode({ assignment }: { readonly assignment: Assignment | null }) {
  if (assignment === null) return null;
  const { node, why, progress } = assignment;
  return (
    <>
      <Line name="Node">
        <Link to="/nodes" search={node === null ? {} : { node }} className="min-h-6 text-accent underline">
          {node ?? 'none yet: see the nodes'}
        </Link>
        {node !== null && why !== null && <span className="block text-xs text-quiet">{why}</span>}
      </Line>
      {progress !== null && (
        <Line name="Progress">
          {progress.share !== null && `${Math.round(progress.share * 100)}% `}
          {progress.text}
        </Line>
      )}
    </>
  );
}

/** Stretches of an agent under one set of limits each. */
function Segments({ step }: { readonly step: Step }) {
  return (
    <section>
      <h3 className="mb-1 font-semibold">Stretches</h3>
      <ol className="flex flex-col gap-1">
        {step.segments.map(
          ({
            segment,
            turns,
            max_turns: most,
            total_tokens: tokens,
            terminal_reason: reason,
            message,
            by,
          }) => (
            <li key={segment} className="rounded-(--radius) border border-line px-2 py-1">
              <span className="font-medium">{segment}.</span> {turns}
              {most !== null && ` of ${most}`} turns, {countWords(tokens)} tokens
              {reason !== null && `, ended: ${reason}`}
              {message !== null && (
                <span className="block wrap-anywhere text-quiet">
                  {by !== null && `${by}: `}
                  {message}
                </span>
              )}
            </li>
          ),
        )}
      </ol>
    </section>
  );
}
