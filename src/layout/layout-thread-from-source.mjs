/** Begins a compiling thread where the sources are run: tsx has to be asked for in each thread. */
import { register } from 'tsx/esm/api';

register();
await import('./layout-thread.ts');
