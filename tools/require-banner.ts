/** What stands first in a program that was made one file: packages that were written for CommonJS ask for Node's own modules by `require`. */
export const REQUIRE_BANNER = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url);`;
