/** Why nothing is sent to such an address; null where something is. Which machines it may lead to is judged later. */
export function refusalOfUrl(text: string, allowPrivate: boolean): string | null {
  if (!URL.canParse(text)) return 'it is no URL';
  const { protocol, username, password } = new URL(text);
  if (username !== '' || password !== '') return 'it holds a user or a password';
  if (protocol === 'https:') return null;
  if (protocol !== 'http:') return `${protocol} is not https:`;
  return allowPrivate ? null : 'http: is taken only where BATON_ALLOW_PRIVATE_NETWORK=1; use https:';
}
