/** What every dialog on a run gets. */
import type { RunNow, Step } from '../../api/generated.ts';

export interface RunDialogProps {
  readonly run: RunNow;
  readonly steps: readonly Step[];
  readonly onClose: () => void;
}
