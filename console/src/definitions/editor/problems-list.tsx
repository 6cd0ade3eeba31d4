/** All that is wrong or doubtful, below the text: a click goes there. */
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { counted } from '../../words/figures.ts';
import type { Problem, Verdict } from './verdict/verdict.ts';

/** So many are shown; who has more begins with these. */
const MOST = 100;

interface ProblemsProps {
  readonly verdict: Verdict | undefined;
  /** It is of a text that has changed since. */
  readonly isOld: boolean;
  readonly onGo: (problem: Problem) => void;
}

export function ProblemsList({ verdict, isOld, onGo }: ProblemsProps) {
  if (verdict === undefined) return <Line>Looking at it…</Line>;
  const { errors, warnings, by } = verdict;
  if (errors.length + warnings.length === 0) {
    return (
      <Line>
        <CircleCheck className="size-4 text-done" aria-hidden />
        {isOld ? 'Looking at it…' : by === 'api' ? 'Nothing is wrong with it' : 'Nothing is wrong so far'}
      </Line>
    );
  }
  const told = [
    errors.length > 0 && counted(errors.length, 'error'),
    warnings.length > 0 && counted(warnings.length, 'warning'),
  ];
  return (
    <section aria-label="Problems" className="flex max-h-48 shrink-0 flex-col border-t border-line">
      <h2 role="status" className="border-b border-line bg-surface px-4 py-1.5 text-xs font-medium">
        {told.filter((text) => text !== false).join(', ')}
      </h2>
      <ul className="overflow-auto">
        {errors.slice(0, MOST).map((problem, at) => (
          <Row key={`e${at}`} problem={problem} isError onGo={onGo} />
        ))}
        {warnings.slice(0, MOST).map((problem, at) => (
          <Row key={`w${at}`} problem={problem} isError={false} onGo={onGo} />
        ))}
      </ul>
    </section>
  );
}

function Line({ children }: { readonly children: React.ReactNode }) {
  return (
    <p
      role="status"
      className="flex shrink-0 items-center gap-2 border-t border-line px-4 py-1.5 text-xs text-quiet"
    >
      {children}
    </p>
  );
}

interface RowProps {
  readonly problem: Problem;
  readonly isError: boolean;
  readonly onGo: (problem: Problem) => void;
}

function Row({ problem, isError, onGo }: RowProps) {
  const { line, column, message, hint, code, file } = problem;
  const Icon = isError ? CircleAlert : TriangleAlert;
  return (
    <li>
      <button
        type="button"
        className="flex w-full items-baseline gap-2 px-4 py-1 text-left text-sm hover:bg-hover"
        onClick={() => onGo(problem)}
      >
        <Icon
          className={`size-3.5 shrink-0 self-center ${isError ? 'text-fail' : 'text-need'}`}
          aria-hidden
        />
        <span className="sr-only">{isError ? 'Error' : 'Warning'}: </span>
        <span className="tabular w-14 shrink-0 text-xs text-quiet">
          {file == null ? '' : `${file}:`}
          {line}:{column}
        </span>
        <span className="min-w-0 flex-1 wrap-anywhere">
          {message} {hint !== undefined && <span className="text-quiet">{hint}</span>}
        </span>
        <code className="shrink-0 text-xs text-quiet narrow:hidden">{code}</code>
      </button>
    </li>
  );
}
