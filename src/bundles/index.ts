/** What others may use of bundles: writing one, checking it, bringing its run here; the key of the installation. */
export { checkBundle } from './check-bundle.ts';
export type { BundleReport, Pin } from './check-bundle.ts';
export { importBundle } from './import-bundle.ts';
export type { ImportedBundle } from './import-bundle.ts';
export { runOfBundle } from './read-bundle.ts';
export { openSigningKey, publicKeyOfText } from './signing-key.ts';
export type { SigningKey } from './signing-key.ts';
export { bundleLines } from './write-bundle.ts';
