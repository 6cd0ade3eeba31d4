/** Compiles a text as the API does, and says what the page shows of it. Pure; for the thread beside the page. */
import { compile } from '../../../../../src/definition/index.ts';
import type { Plan } from '../../../../../src/plan/plan.ts';
import type { Format } from '../../publish.ts';
import { knownHere, type Outline, type Verdict } from './verdict.ts';

export function judge(text: string, format: Format): Verdict {
  const result = compile(text, { format });
  return knownHere({
    text,
    by: 'here',
    errors: 'errors' in result ? result.errors : [],
    warnings: result.warnings,
    outline: 'plan' in result ? outlineOf(result.plan) : null,
  });
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
