/** The step that is chosen, beside the view. */
import { useRun } from '../run-context.tsx';

export function Inspector({ stepKey }: { readonly stepKey: string }) {
  const { steps } = useRun();
  const step = steps.find(({ key }) => key === stepKey);
  return <aside aria-label={`Step ${stepKey}`}>{step?.title}</aside>;
}
