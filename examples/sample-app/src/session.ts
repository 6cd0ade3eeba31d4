/** Who is signed in, by the session's cookie. */
const users = new Map<string, string>();

export function userOf(cookie: string | undefined): string | null {
  const id = /(?:^|; )session=([^;]+)/.exec(cookie ?? '')?.[1];
  return users.get(id ?? '') ?? null;
}
