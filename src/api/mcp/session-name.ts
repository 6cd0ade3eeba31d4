/**
 * The session of an MCP client over HTTP, which no process keeps: its id holds what the client called itself when it came.
 * So any process of the API can answer it. It proves nothing, and gives no right.
 */
const LONGEST_NAME = 100;
const FORM = /^([0-9a-f-]{36})\.([\w-]{1,600})$/;

/** An id for a client that has just told its name. */
export function sessionOf(name: string): string {
  const told = Buffer.from(name.slice(0, LONGEST_NAME)).toString('base64url');
  return `${crypto.randomUUID()}.${told}`;
}

/** What the client called itself; undefined for what is no id of ours. */
export function nameIn(session: string | undefined): string | undefined {
  const [, , told] = FORM.exec(session ?? '') ?? [];
  return told === undefined
    ? undefined
    : Buffer.from(told, 'base64url')
        .toString()
        .replaceAll(/[\0-\x1f\p{Surrogate}]/gu, '');
}
