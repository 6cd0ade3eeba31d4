/** Starts a run: what of, of which version, with which inputs. The same form sent twice starts one run. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../parts/dialog.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Fault, SkeletonRows } from '../../parts/states.tsx';
import { definitionQuery, namesQuery, versionsQuery } from '../queries.ts';
import { StartForm } from './start-form-view.tsx';

interface StartDialogProps {
  /** Undefined: it is chosen here. */
  readonly workflow: string | undefined;
  /** Undefined: the newest. */
  readonly version?: string | undefined;
  readonly onClose: () => void;
}

export default function StartDialog({ workflow, version, onClose }: StartDialogProps) {
  const [chosen, setChosen] = useState(workflow);
  const [which, setWhich] = useState(version);
  return (
    <Dialog
      open
      onClose={onClose}
      title={chosen === undefined ? 'Start a run' : `Start ${chosen}`}
      description={chosen === undefined ? 'Choose what is to be started.' : undefined}
    >
      <div className="flex flex-col gap-4">
        {workflow === undefined && (
          <WorkflowPicker chosen={chosen} onChoose={(name) => (setChosen(name), setWhich(undefined))} />
        )}
        {chosen !== undefined && <VersionPicker workflow={chosen} version={which} onChoose={setWhich} />}
        {chosen !== undefined && (
          <OfDefinition key={`${chosen}@${which}`} workflow={chosen} version={which} onClose={onClose} />
        )}
      </div>
    </Dialog>
  );
}

interface WorkflowPickerProps {
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}

function WorkflowPicker({ chosen, onChoose }: WorkflowPickerProps) {
  const { data: workflows = [] } = useQuery(namesQuery('', 200));
  return (
    <Field label="Definition">
      {(ids) => (
        <Choice {...ids} value={chosen ?? ''} onChange={({ target }) => onChoose(target.value)}>
          {chosen === undefined && <option value="">Choose</option>}
          {workflows.map(({ name, title }) => (
            <option key={name} value={name}>
              {title === null ? name : `${name}: ${title}`}
            </option>
          ))}
        </Choice>
      )}
    </Field>
  );
}

interface VersionPickerProps {
  readonly workflow: string;
  readonly version: string | undefined;
  readonly onChoose: (version: string | undefined) => void;
}

function VersionPicker({ workflow, version, onChoose }: VersionPickerProps) {
  const { data: versions = [] } = useQuery(versionsQuery(workflow));
  const [newest, ...older] = versions;
  return (
    <Field label="Version">
      {(ids) => (
        <Choice
          {...ids}
          value={version ?? ''}
          onChange={({ target }) => onChoose(target.value === '' ? undefined : target.value)}
        >
          <option value="">{newest === undefined ? 'Newest' : `Newest (${newest.version})`}</option>
          {older.map((one) => (
            <option key={one.version}>{one.version}</option>
          ))}
        </Choice>
      )}
    </Field>
  );
}

interface OfDefinitionProps {
  readonly workflow: string;
  readonly version: string | undefined;
  readonly onClose: () => void;
}

function OfDefinition({ workflow, version, onClose }: OfDefinitionProps) {
  const { data, error, refetch } = useQuery(definitionQuery(workflow, version));
  if (data === undefined)
    return error === null ? <SkeletonRows rows={3} /> : <Fault error={error} retry={() => void refetch()} />;
  return <StartForm definition={data} version={version} onClose={onClose} />;
}
