/** How workflow code is bundled for the sandbox: the same for the build, for workers run from source, and for tests. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type BundleOptions } from '@temporalio/worker';

/** Paths in strings are not rewritten by the compiler. */
const EXTENSION = extname(import.meta.url);
const fileOf = (module: string): string =>
  fileURLToPath(new URL(`../${module}${EXTENSION}`, import.meta.url));

/** Where `npm run build` leaves the bundle. */
export const BUNDLE_FILE = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
/** True in the built product, where the bundle lies beside the compiled code. */
export const IS_BUILT = EXTENSION === '.js';

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
  logger: new DefaultLogger('WARN'),
};

/** Bundles the workflow code; some seconds. */
export async function bundleWorkflows(): Promise<string> {
  const { code } = await bundleWorkflowCode(OPTIONS);
  return code;
}
