/** JSON as the client reads and writes it: whole numbers stay what they were, as `bigint` where a number would change them. */
import { readJson, writeJson } from '../../../src/plan/exact-json.ts';

/** @throws SyntaxError; an error with the code `number_out_of_range` for what no number can be (`1e400`) */
export const parseJson: <T = unknown>(text: string) => T = readJson;

/** @param indent spaces of one level */
export const stringifyJson: (value: unknown, indent?: number) => string = writeJson;
