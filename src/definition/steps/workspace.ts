/** Compiles `workspace`: the directory that steps of a run share, empty or a clone. */
import type { Path } from '../../plan/json.ts';
import type { WorkspaceSpec } from '../../plan/plan.ts';
import type { TemplateNode } from '../../plan/template.ts';
import { placeBefore, type Names } from '../fields/place.ts';
import type { Problems } from '../text/problem.ts';
import { workspaceSchema } from '../fields/schema.ts';
import { shaped } from '../fields/shape.ts';
import { TemplateCompiler } from '../expressions/template.ts';

const PATH: Path = ['workspace'];

/** Null without one, and after problems. A bare text is short for `{git: text}`, `true` for `{}`. */
export function compileWorkspace(
  value: unknown,
  steps: ReadonlySet<string>,
  names: Names,
  problems: Problems,
): WorkspaceSpec | null {
  if (value === undefined) return null;
  const short = typeof value === 'string';
  if (!short && value !== true && (typeof value !== 'object' || value === null)) {
    const message = '"workspace" must be a map, true, or the repository to clone.';
    problems.error('field_type', PATH, message, 'Write workspace: {} or workspace: {git: URL}.');
    return null;
  }
  const shape = shaped(workspaceSchema, short ? { git: value } : value === true ? {} : value, PATH, problems);
  if (shape === null) return null;
  const { git, ref } = shape;
  const kept = shape.snapshots === true ? { snapshots: true as const } : {};
  if (git === undefined) {
    if (ref !== undefined) {
      const message = 'A ref needs the repository that it is of.';
      problems.error('field_missing', PATH, message, 'Add git: URL beside ref.', 'key');
    }
    return { source: 'empty', uses: [], ...kept };
  }
  const templates = new TemplateCompiler(placeBefore(steps, names), problems);
  const node = (text: string, path: Path): TemplateNode => {
    refuseOption(text, path, problems);
    return templates.node(text, path);
  };
  const url = node(git, short ? PATH : [...PATH, 'git']);
  return {
    source: 'git',
    url,
    ref: ref === undefined ? null : node(ref, [...PATH, 'ref']),
    uses: templates.uses,
    ...kept,
  };
}

/** git takes what begins with a hyphen for an option. */
function refuseOption(text: string, path: Path, problems: Problems): void {
  if (!text.startsWith('-')) return;
  problems.error(
    'field_value',
    path,
    'This may not begin with "-".',
    'Write a URL, a path, or a branch, tag or commit.',
  );
}
