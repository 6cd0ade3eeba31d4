/** Files of the checkout (or installed package) that this CLI belongs to. */
import { join } from 'node:path';
import { ROOT } from '../../places.ts';

export const EXAMPLES = join(ROOT, 'examples');
/** What the scripted model plays when nothing else is asked for. */
export const DEMO_SCRIPT = join(EXAMPLES, 'scripts', 'demo.yaml');
