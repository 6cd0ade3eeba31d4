/** An installation without runs: an example that starts with one click and needs no model. */
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import fan from '../../../examples/fan-200.yaml?raw';
import { api, dataOf } from '../api/client.ts';
import { author } from '../api/commands.ts';
import { Button } from '../parts/button.tsx';
import { Empty, faultWords } from '../parts/states.tsx';

export default function FirstRun() {
  const navigate = useNavigate();
  const { mutate, isPending, error } = useMutation({
    mutationFn: startExample,
    onSuccess: ({ id }) => void navigate({ to: '/runs/$id', params: { id } }),
  });
  return (
    <Empty
      title="No run yet"
      actions={
        <>
          <Button
            kind="primary"
            why={isPending ? 'It is being started.' : undefined}
            onClick={() => mutate()}
          >
            <Play className="size-4" aria-hidden />
            Start an example
          </Button>
          <Link to="/definitions" className="self-center text-sm text-accent underline">
            Definitions
          </Link>
        </>
      }
    >
      <p>
        A run is one execution of a definition. The example has 200 steps in three levels, takes a second or
        two, and needs no model and no key.
      </p>
      {error !== null && (
        <p role="alert" className="mt-2 text-fail">
          {faultWords(error)}
        </p>
      )}
    </Empty>
  );
}

/** Publishing the same text again is the same version. */
async function startExample() {
  const published = await dataOf(
    api.POST('/api/v1/workflows', {
      params: { query: author() },
      headers: { 'content-type': 'application/yaml' },
      body: fan,
    }),
  );
  const body = {
    workflow: `${published.workflow}@${published.version}`,
    labels: { example: 'true' },
    ...author(),
  };
  return dataOf(api.POST('/api/v1/runs', { body }));
}
