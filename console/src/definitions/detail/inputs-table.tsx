/** What a run is started with: each input with its type, its default and what it is for. */
import { writeJson } from '../../../../src/plan/exact-json.ts';
import type { InputSpec } from '../../../../src/plan/plan.ts';

export function InputsTable({ inputs }: { readonly inputs: Readonly<Record<string, InputSpec>> }) {
  const all = Object.entries(inputs);
  if (all.length === 0) return <p className="text-sm text-quiet">It takes none.</p>;
  return (
    <dl className="flex flex-col divide-y divide-line rounded-lg border border-line">
      {all.map(([name, spec]) => (
        <div key={name} className="px-3 py-2">
          <dt className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-mono text-sm wrap-anywhere">{name}</span>
            <span className="text-xs text-quiet">{typeWords(spec)}</span>
            {spec.required && <span className="text-xs font-medium text-need">needed</span>}
          </dt>
          <dd className="text-sm text-quiet">
            {spec.description}
            {spec.default !== undefined && (
              <span className="block truncate font-mono text-xs" title={writeJson(spec.default)}>
                {writeJson(spec.default)}
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function typeWords({ type, enum: choices }: InputSpec): string {
  return choices === undefined ? type : choices.map((choice) => writeJson(choice)).join(' | ');
}
