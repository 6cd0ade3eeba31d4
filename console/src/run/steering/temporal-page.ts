/** The run in Temporal's own Web UI, for those who want to see its history there. */
import { useQuery } from '@tanstack/react-query';
import type { RunNow } from '../../api/generated.ts';
import { aboutQuery } from '../../api/queries.ts';

interface Offer {
  readonly label: string;
  readonly why: string | undefined;
  readonly act: () => void;
}

export function useTemporalPage({ execution }: Pick<RunNow, 'execution'>): Offer {
  const { data: about } = useQuery(aboutQuery());
  const ui = about?.temporal.ui ?? null;
  return {
    label: 'Open in Temporal',
    why: ui === null ? 'Nobody has said where Temporal’s Web UI is (BATON_TEMPORAL_UI).' : undefined,
    act: () => {
      if (about === undefined || ui === null) return;
      const { workflow_id: id, run_id: newest } = execution;
      const path = ['namespaces', about.temporal.namespace, 'workflows', id, newest, 'history'];
      open(`${ui}/${path.map(encodeURIComponent).join('/')}`, '_blank', 'noopener');
    },
  };
}
