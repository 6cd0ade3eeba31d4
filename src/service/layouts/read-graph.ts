/** Graphs with where their steps are drawn: of a run, as its plan is now, or of a version of a definition. */
import type { Graph } from '../../contract/runs/graph.ts';
import { hashOf, type Layout } from '../../layout/graph.ts';
import { chooseVersion } from '../definitions/choose-version.ts';
import { listVersionSteps } from '../definitions/queries/list-version-steps.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import type { Services } from '../services.ts';
import { addLayout } from './queries/add-layout.ts';
import { findLayout } from './queries/find-layout.ts';
import { listRunNodes } from './queries/list-run-nodes.ts';

interface GraphStep {
  readonly key: string;
  readonly title: string;
  readonly kind: string;
  readonly level: number;
  readonly dependencies: readonly string[];
}

/** @throws NotFoundError `run_not_found`; ConflictError `run_archived` */
export async function readRunGraph(services: Services, runId: string): Promise<Graph> {
  const steps = await services.store.all<GraphStep>(listRunNodes(runId));
  if (steps.length === 0) assertDetails((await readTarget(services, runId)).run);
  return graphOf(services, steps);
}

/** @throws NotFoundError `workflow_not_found`, `version_not_found` */
export async function readVersionGraph(services: Services, name: string, version: string): Promise<Graph> {
  const chosen = await chooseVersion(services.store, name, version);
  return graphOf(
    services,
    await services.store.all<GraphStep>(listVersionSteps(chosen.workflow, chosen.version)),
  );
}

/** Drawn at the first look, then kept. What was drawn in haste is drawn again another time. */
async function graphOf(services: Services, steps: readonly GraphStep[]): Promise<Graph> {
  const hash = hashOf(steps);
  const known = await services.store.first<{ layout: string }>(findLayout(hash));
  const layout =
    known === undefined ? await services.layouter.layout(steps, hash) : (JSON.parse(known.layout) as Layout);
  if (known === undefined && layout.engine === 'elk') await services.store.all(addLayout(hash, layout));
  const told = new Map(steps.map((step) => [step.key, step]));
  return {
    hash,
    layout: layout.engine,
    width: layout.width,
    height: layout.height,
    nodes: layout.nodes.flatMap(({ key, x, y }) => {
      const step = told.get(key);
      return step === undefined ? [] : [{ key, title: step.title, kind: step.kind, level: step.level, x, y }];
    }),
    edges: layout.edges.map(({ from, to, points }) => ({
      from,
      to,
      points: points.map(({ x, y }) => ({ x, y })),
    })),
  };
}
