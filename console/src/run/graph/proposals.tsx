/** Of each change of the plan that waits for a yes: who proposes what, and where it is answered. Loaded where there is one. */
import { Link } from '@tanstack/react-router';
import { GitPullRequest } from 'lucide-react';
import { counted } from '../../words/figures.ts';
import { useRun } from '../run-context.tsx';
import type { Proposed } from './ghosts.ts';
import type { Proposal } from './use-proposals.ts';

export default function ProposalBar({ proposals }: { readonly proposals: readonly Proposal[] }) {
  const { run, steps } = useRun();
  return proposals.map(({ id, step, edit }) => (
    <p
      key={id}
      className="flex flex-wrap items-center gap-2 border-b border-line bg-need-wash px-4 py-1.5 text-sm"
    >
      <GitPullRequest className="size-4 text-need" aria-hidden />
      <span className="min-w-0 wrap-anywhere">
        <strong className="font-medium">{steps.find(({ key }) => key === step)?.title ?? step}</strong>{' '}
        proposes to change the plan: {proposedWords(edit)}. It waits for a yes.
      </span>
      <Link to="/inbox" search={{ run: run.id, question: id }} className="text-accent underline">
        Look at the proposal
      </Link>
    </p>
  ));
}

function proposedWords({ added, removed, changed, rewired }: Proposed): string {
  const parts = [
    added.length > 0 && `${counted(added.length, 'step')} more`,
    removed.length > 0 && `${counted(removed.length, 'step')} less`,
    changed.length > 0 && `${counted(changed.length, 'step')} changed`,
    rewired.length > 0 && `${counted(rewired.length, 'step')} waiting for others`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'nothing of its steps' : parts.join(', ');
}
