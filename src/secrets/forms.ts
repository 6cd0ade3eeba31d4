/**
 * The words by which a secret is found: itself, its lines and parts, and each of them as base64 and hex. Escapes (URL,
 * JSON, HTML, shell) need no words of their own: readers see through them.
 */

/** Secrets below this length in characters are not masked: that would tear ordinary text apart. */
const SHORTEST = 4;
/** Lines of a secret, and what is found inside one, from this length on. */
const SHORTEST_PART = 8;
/** An encoded form from this length on: shorter ones stand in other texts by chance. */
const SHORTEST_ENCODED = 6;

/** Names of what nobody should see, in environments and in JSON. */
export const SECRET_NAME =
  /(token|secret|password|passwd|passphrase|credentials?|api_?key)$|(^|_)(key|pass|pwd|pat|access_key_id|dsn|webhook_url)$/i;

/** All words of some secrets, without repetition. */
export function formsOf(secrets: readonly string[]): readonly string[] {
  const parts = [...new Set(secrets.flatMap(partsOf))];
  return [...new Set(parts.flatMap((part) => [part, ...encodedForms(part)]))];
}

/** What gives a secret away: the whole, its lines, what it says as JSON or as a URL. */
function partsOf(secret: string): string[] {
  const whole = secret.trim();
  if (whole.length < SHORTEST) return [];
  const parts = [...linesOf(whole), whole.replace(/\s+/g, ''), ...jsonParts(whole), ...urlParts(whole)];
  return [
    whole,
    ...(whole === secret ? [] : [secret]),
    ...parts.filter((part) => part.length >= SHORTEST_PART),
  ];
}

/** Without what encloses a key in PEM, which is no secret. */
function linesOf(text: string): string[] {
  // Environments often hold line ends as `\n`.
  const lines = text.split(/\r?\n|\r|\\r?\\?n/).map((line) => line.trim());
  return lines.length === 1 ? [] : lines.filter((line) => !/^-{5}.*-{5}$/.test(line));
}

/** Of a JSON object: the texts whose names say that they are secret, and those of several lines. */
function jsonParts(text: string): string[] {
  if (!text.startsWith('{')) return [];
  const found: string[] = [];
  try {
    JSON.parse(text, (name, value: unknown) => {
      if (typeof value !== 'string') return value;
      if (SECRET_NAME.test(snakeCase(name)) || value.includes('\n')) found.push(value, ...linesOf(value));
      return value;
    });
  } catch {
    // It only looks like JSON.
  }
  return found;
}

const snakeCase = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1_$2');

/** True for a URL that lets one in: with a user, a password, or a secret among its parameters. */
export function isLogin(text: string): boolean {
  if (!isUrl(text)) return false;
  const { username, password } = new URL(text);
  return username !== '' || password !== '' || urlParts(text).length > 0;
}

const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && URL.canParse(text);

/** Of a URL with a password: that, and user and password together; as written and as meant. */
function urlParts(text: string): string[] {
  if (!isUrl(text)) return [];
  const { protocol, username, password, hostname, pathname, searchParams } = new URL(text);
  const params = [...searchParams].flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : []));
  if (username === '' && password === '') return params;
  // On the web a user without a password is often a token.
  const alone = protocol.startsWith('http') ? [username] : [];
  const login = password === '' ? alone : [`${username}:${password}`];
  // A password that stands in the same URL as a name (postgres:postgres@) hides nothing.
  const names = [decoded(username), hostname, pathname.slice(1)];
  const secret = password === '' || names.includes(decoded(password)) ? [] : [password, decoded(password)];
  return [...params, ...login, ...login.map(decoded), ...secret];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const aligned = [0, 1, 2].map((before) => base64Within(bytes, before));
  const base64 = [bytes.toString('base64'), ...aligned];
  const url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''));
  const lower = secret.length >= SHORTEST_PART ? [secret.toLowerCase()] : [];
  // Escaped twice: the ways to read undo one escape, or all of them.
  const escaped = secret.includes('\\') ? [JSON.stringify(secret).slice(1, -1)] : [];
  // What escapes byte by byte, or was decoded wrongly.
  const latin = bytes.length === secret.length ? [] : [bytes.toString('latin1')];
  const forms = [...base64, ...url, hex, hex.toUpperCase()];
  return [...lower, ...latin, ...escaped, ...forms.filter((form) => form.length >= SHORTEST_ENCODED)];
}

/** The characters that the bytes alone decide when `before` others stand in front of them in a group of three. */
function base64Within(bytes: Buffer, before: number): string {
  const all = Buffer.concat([Buffer.alloc(before), bytes]);
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor((all.length * 8) / 6);
  return all.toString('base64').slice(first, last);
}
