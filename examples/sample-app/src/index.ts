/** Notes: one page, for who has signed in. */
import { createServer } from 'node:http';
import { userOf } from './session.ts';

const server = createServer((request, response) => {
  const user = userOf(request.headers.cookie);
  response.statusCode = user === null ? 401 : 200;
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<main lang="en">${user === null ? 'Please sign in.' : 'Your notes.'}</main>`);
});
server.listen(Number(process.env.PORT ?? 8080));
