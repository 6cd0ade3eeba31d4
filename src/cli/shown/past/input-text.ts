/** What an attempt of a step was given, for a screen: a line on the attempt, then each member of what it was to do. */
import type { StepInput } from '../../../contract/past/step-input.ts';
import { dateTimeText, zoneName } from '../../terminal/local-time.ts';
import { valueText } from '../../terminal/output.ts';

export function inputText(input: StepInput): string {
  const { run_id: run, step, kind, attempt, epoch, at, queue, fault } = input;
  const time = `${dateTimeText(at)} ${zoneName(new Date(at))}`;
  const where = queue === null ? '' : `, to queue ${queue}`;
  const head = `${step} (${kind}) of ${run}, attempt ${attempt}${epoch === 0 ? '' : `, epoch ${epoch}`}, ${time}${where}`;
  if (fault !== null) return [head, `cannot be shown: ${fault.message} [${fault.code}]`].join('\n');
  return [head, '', ...membersOf(input).flatMap(([name, value]) => [`${name}:`, indented(value)])].join('\n');
}

/** What says nothing is left out. */
function membersOf({ given, system, kind }: StepInput): readonly (readonly [string, unknown])[] {
  const members =
    isObject(given) && kind !== 'transform' ? Object.entries(given) : [['value', given] as const];
  const all = [...(system === null ? [] : [['system', system] as const]), ...members];
  return all.filter(([, value]) => !isNothing(value));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNothing(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

function indented(value: unknown): string {
  return valueText(value)
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
