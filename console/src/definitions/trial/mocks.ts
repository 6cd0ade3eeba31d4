/** What the author of a draft says that its steps answer, and what a run has recorded of them. Pure. */
import type { Json } from '../../../../src/plan/json.ts';
import type { RecordedStep, Recording } from '../../../../src/recording/index.ts';
import { draftOf, looseValue } from '../start/start-form.ts';

/** As it stands in its field. */
export interface Mock {
  readonly ends: 'completed' | 'failed';
  /** JSON, else text: the result, or the message of the failure. Empty: nobody has said. */
  readonly draft: string;
}

/** By key. */
export type Mocks = Readonly<Record<string, Mock>>;

/** What stands for a run where there is none. */
const NO_RUN = 'trial';

export function recordingOf(name: string, inputs: Readonly<Record<string, Json>>, mocks: Mocks): Recording {
  const said = Object.entries(mocks).filter(([, mock]) => mock.draft !== '' || mock.ends === 'failed');
  return {
    run: NO_RUN,
    workflow: name,
    version: null,
    status: 'completed',
    inputs,
    steps: Object.fromEntries(said.map(([key, mock]) => [key, stepOf(mock)])),
    output: null,
  };
}

function stepOf({ ends, draft }: Mock): RecordedStep {
  if (ends === 'completed') return { status: 'completed', result: looseValue(draft) };
  return { status: 'failed', error: { type: 'failed', message: draft === '' ? 'It failed.' : draft } };
}

/** What a run has recorded, to be changed. Of steps that answer nothing themselves, as transforms, there is none. */
export function mocksOf({ steps }: Recording, keys: ReadonlySet<string>): Mocks {
  const entries = Object.entries(steps).flatMap(([key, step]): readonly (readonly [string, Mock])[] => {
    if (!keys.has(key)) return [];
    if (step.status === 'failed') return [[key, { ends: 'failed', draft: step.error?.message ?? '' }]];
    return step.status === 'completed'
      ? [[key, { ends: 'completed', draft: draftOf(step.result ?? null) }]]
      : [];
  });
  return Object.fromEntries(entries);
}
