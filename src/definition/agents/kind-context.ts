/** What the compilers of the kinds of steps are given. */
import type { Path } from '../../plan/json.ts';
import type { Agents } from './agents.ts';
import type { Problems } from '../text/problem.ts';
import type { TemplateCompiler } from '../expressions/template.ts';

/** Where a step stands, and what its templates go through. */
export interface KindContext {
  readonly path: Path;
  readonly problems: Problems;
  readonly templates: TemplateCompiler;
  readonly agents: Agents;
  /** Has the definition a workspace? */
  readonly workspace: boolean;
}
