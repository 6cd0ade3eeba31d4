/**
 * Compiles a text as the API does, and says what the page shows of it. Agents that stand in files only the API knows: here
 * somebody stands in for them, so that the plan can be seen all the same. Pure; for the thread beside the page.
 */
import { compile, type AgentFiles, type Compilation } from '../../../../../src/definition/index.ts';
import type { Plan } from '../../../../../src/plan/plan.ts';
import type { Format } from '../../publish.ts';
import { isKnownElsewhere, knownHere, type Outline, type Verdict } from './verdict.ts';

export function judge(text: string, format: Format): Verdict {
  const result = compile(text, { format });
  const plan = planFrom(result, text, format);
  return knownHere({
    text,
    by: 'here',
    errors: 'errors' in result ? result.errors : [],
    warnings: result.warnings,
    outline: plan === null ? null : outlineOf(plan),
  });
}

/** The plan that a text makes; null: it has errors. */
export function draftPlan(text: string, format: Format): Plan | null {
  return planFrom(compile(text, { format }), text, format);
}

function planFrom(result: Compilation, text: string, format: Format): Plan | null {
  return planOf(result) ?? planOf(withStandIns(result, text, format));
}

function planOf(result: Compilation): Plan | null {
  return 'plan' in result ? result.plan : null;
}

/** Where nothing else is wrong. */
function withStandIns(result: Compilation, text: string, format: Format): Compilation {
  if (!('errors' in result) || !result.errors.every(isKnownElsewhere)) return result;
  return compile(text, { format, agents: standIns(text) });
}

/** For every agent that the text names: a file says less than the definition and more than what is built in. */
function standIns(text: string): AgentFiles {
  const names = [...text.matchAll(/\b(?:agent|extends)"?\s*:\s*["']?([A-Za-z][\w-]*)/g)].map(
    ([, name = '']) => name,
  );
  return Object.fromEntries(
    names.map((name) => [name, { file: `${name}.yaml`, text: 'system: An agent of a file\n' }]),
  );
}

function outlineOf({ name, version, steps, inputs, agents }: Plan): Outline {
  return {
    name,
    version,
    inputs,
    agents: Object.keys(agents),
    steps: steps.map(({ key, title, kind, level, dependencies }) => ({
      key,
      title,
      kind,
      level,
      dependencies,
    })),
  };
}
