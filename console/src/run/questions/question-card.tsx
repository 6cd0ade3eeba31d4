/** A question with all that belongs to it: what is asked, the exact call that waits for a yes, the form, who answered. */
import { lazyPart } from '../../api/part.ts';
import { Suspense, type ReactNode } from 'react';
import { usePreferences } from '../../app/preferences.ts';
import type { Question } from '../../api/generated.ts';
import { whyReadOnly } from '../../api/offline.ts';
import { DiffView } from '../../parts/diff-view.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Moment } from '../../parts/moment.tsx';
import { counted } from '../../words/figures.ts';
import { Answer } from './answer.tsx';
import { Decision } from './decision.tsx';
import { fileEditOf } from './file-edit.ts';
import { whyNotAnswer } from './may-answer.ts';

const Markdown = lazyPart(() => import('../../parts/markdown.tsx'));

interface QuestionCardProps {
  readonly question: Question;
  /** Who started the run, where that is known. */
  readonly starter?: string | null;
  /** Why nothing can be answered where this is shown. */
  readonly why?: string | undefined;
  /** Numbers choose here. Of several cards of a page, one may have them. */
  readonly isKeyed?: boolean;
  readonly onAnswered?: () => void;
}

export function QuestionCard({
  question,
  starter = null,
  why,
  isKeyed = true,
  onAnswered,
}: QuestionCardProps) {
  const { name } = usePreferences();
  const isOpen = question.status === 'open';
  const whyNot = why ?? whyReadOnly() ?? whyNotAnswer(question, name, starter);
  return (
    <div className="flex flex-col gap-3 text-sm">
      <Prompt prompt={question.prompt} preview={question.preview} />
      {question.edit !== null && <ProposedEdit edit={question.edit} />}
      {question.call !== null && <Call call={question.call} isTold={question.edit !== null} />}
      <Terms question={question} />
      <Answers question={question} />
      {isOpen &&
        (question.call !== null ? (
          <Decision question={question} why={whyNot} isKeyed={isKeyed} onAnswered={onAnswered} />
        ) : (
          <Answer question={question} why={whyNot} isKeyed={isKeyed} onAnswered={onAnswered} />
        ))}
    </div>
  );
}

function Prompt({ prompt, preview }: { readonly prompt: unknown; readonly preview: string }) {
  if (typeof prompt === 'string') {
    return (
      <Suspense fallback={<p className="whitespace-pre-wrap">{preview}</p>}>
        <Markdown text={prompt} />
      </Suspense>
    );
  }
  return <JsonView value={prompt} label="What is asked" open={1} />;
}

interface CallProps {
  readonly call: NonNullable<Question['call']>;
  /** What it does stands beside it in words. */
  readonly isTold: boolean;
}

/** The call with its exact arguments; a change of a file as a difference. */
function Call({ call: { name, input }, isTold }: CallProps) {
  const edit = fileEditOf(input);
  return (
    <section aria-label={`The call of ${name}`} className="rounded-(--radius) border border-line bg-page p-2">
      <p className="mb-1 font-medium">
        {name}
        {edit !== undefined && <span className="ml-2 font-mono text-xs text-quiet">{edit.path}</span>}
      </p>
      {edit !== undefined ? (
        <DiffView before={edit.before} after={edit.after} label={`Change of ${edit.path}`} />
      ) : (
        <JsonView value={input} label="Arguments" open={isTold ? 1 : 3} />
      )}
    </section>
  );
}

function ProposedEdit({
  edit: { added, removed, changed, rewired, reason },
}: {
  readonly edit: NonNullable<Question['edit']>;
}) {
  const lines: readonly (readonly [string, string])[] = [
    ...added.map(
      ({ step, kind, dependencies }) =>
        [
          'adds',
          `${step} (${kind}${dependencies.length > 0 ? `, after ${dependencies.join(', ')}` : ''})`,
        ] as const,
    ),
    ...removed.map((step) => ['takes away', step] as const),
    ...changed.map(({ step, members }) => ['changes', `${step}: ${members.join(', ')}`] as const),
    ...rewired.map(
      ({ step, dependencies }) => ['lets wait', `${step} for ${dependencies.join(', ')}`] as const,
    ),
  ];
  return (
    <section
      aria-label="Proposed change of the plan"
      className="rounded-(--radius) border border-line bg-page p-2"
    >
      <p className="mb-1 font-medium">A change of the plan{reason !== null && `: ${reason}`}</p>
      <ul className="flex flex-col gap-0.5">
        {lines.map(([verb, what]) => (
          <li key={`${verb} ${what}`} className="wrap-anywhere">
            <span className="text-quiet">{verb}</span> {what}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Terms({
  question: { approvers, needed, not_starter: notStarter, expires_at: expires, status },
}: {
  readonly question: Question;
}) {
  const parts: ReactNode[] = [
    approvers.length > 0 && `Only ${approvers.join(', ')} may answer.`,
    needed > 1 && `${needed} different people have to answer.`,
    notStarter && 'Whoever started the run may not answer.',
    expires !== null && status === 'open' && (
      <span key="expires">
        It expires <Moment at={expires} />.
      </span>
    ),
  ].filter((part) => part !== false);
  if (parts.length === 0) return null;
  return <p className="flex flex-wrap gap-x-2 text-quiet">{parts}</p>;
}

function Answers({
  question: { answers, needed, status, closed_at: closed },
}: {
  readonly question: Question;
}) {
  if (answers.length === 0 && status === 'open') return null;
  return (
    <ul className="flex flex-col gap-1">
      {answers.map(({ by, at, answer, decision }) => (
        <li key={at} className="rounded-(--radius) bg-hover px-2 py-1">
          <span className="font-medium">{by ?? 'Somebody'}</span>{' '}
          <span className="text-quiet">{decision ?? 'answered'}</span> <Moment at={at} />
          {answer != null && <JsonView value={answer} label={`The answer of ${by ?? 'somebody'}`} open={1} />}
        </li>
      ))}
      {status === 'open' && answers.length > 0 && (
        <li className="text-quiet">{counted(needed - answers.length, 'more answer')} needed.</li>
      )}
      {status !== 'open' && answers.length === 0 && (
        <li className="text-quiet">
          {status}
          {closed !== null && (
            <>
              {' '}
              <Moment at={closed} />
            </>
          )}
        </li>
      )}
    </ul>
  );
}
