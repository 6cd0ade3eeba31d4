/** How workflow code is bundled for the sandbox, from its sources: the same for the build, for workers run from source, and for tests. */
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type BundleOptions } from '@temporalio/worker';
import { ROOT } from '../places.ts';

const fileOf = (module: string): string => join(ROOT, 'src', `${module}.ts`);

/** Where `npm run build` leaves the bundle. */
export const BUNDLE_FILE = join(ROOT, 'dist', 'workflow-bundle.js');

const OPTIONS: BundleOptions = {
  workflowsPath: fileOf('workflows/index'),
  payloadConverterPath: fileOf('temporal/payload-converter'),
  // Evaluated once for all runs of a worker, not once a run: none of them keeps anything of a run (shared-modules.test.ts).
  preloadModules: [
    fileOf('worker/quiet-stacks'),
    '@marcbachmann/cel-js',
    're2js',
    fileOf('workflows/core/index'),
  ],
  // Lines of the sources, and not their text: each worker reads it whole, twice as much as all code.
  webpackConfigHook: (config) => ({ ...config, devtool: 'inline-nosources-cheap-module-source-map' }),
  logger: new DefaultLogger('WARN'),
};

/** Bundles the workflow code; some seconds. */
export async function bundleWorkflows(): Promise<string> {
  const { code } = await bundleWorkflowCode(OPTIONS);
  return code;
}
