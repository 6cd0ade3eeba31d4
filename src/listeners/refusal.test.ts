/** Over real sockets: what a client library would not send is written by hand. */
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { doorPolicy, openToOthers } from './door-policy.ts';
import { guardListener } from './guard-listener.ts';

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

/** A guarded listener that says 200 to whatever comes through. */
async function serve(env: Record<string, string> = {}, options = {}): Promise<number> {
  const guarded = guardListener(doorPolicy(readConfig(env), options), (_, response) => response.end('in'));
  const server = createServer(guarded).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

/** Status and code of the answer to exactly these lines. */
function ask(port: number, lines: readonly string[], body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.once('error', reject).once('close', () => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'none';
      resolve([status, /"code":"(\w+)"/.exec(answer)?.[1]].filter(Boolean).join(' '));
    });
    socket.end([...lines, 'Connection: close', '', body].join('\r\n'));
  });
}

const JSON_BODY = ['Content-Type: application/json', 'Content-Length: 2'];
let port: number;
beforeAll(async () => {
  port = await serve();
});

const fill = (line: string): string => line.replaceAll('PORT', String(port));
const get = (...headers: string[]) => ask(port, ['GET / HTTP/1.1', ...headers.map(fill)]);
const post = (...headers: string[]) => ask(port, ['POST / HTTP/1.1', ...headers.map(fill)], '{}');

describe('the Host', () => {
  it.each([
    'localhost:PORT',
    'LOCALHOST:PORT',
    '127.0.0.1:PORT',
    '127.9.9.1:PORT',
    '[::1]:PORT',
    'localhost',
    'localhost:8080',
  ])('%s is this machine', async (host) => {
    expect(await get(`Host: ${host}`)).toBe('200');
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.999.1.1',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '0.0.0.0:PORT',
    '[::]:PORT',
    '[::ffff:127.0.0.1]:PORT',
    '10.0.0.1:PORT',
    'localhost.:PORT',
    '127.0.0.1.',
    'user@localhost:PORT',
    'localhost:PORT@evil.example',
    'localhost:0',
    'localhost:99999',
    'localhost:PORT:PORT',
    'localhost, evil.example',
    'local host',
    '',
  ])('%s is refused', async (host) => {
    expect(await get(`Host: ${host}`)).toBe('403 host_refused');
  });

  it('is there once', async () => {
    expect(await get('Host: localhost', 'Host: localhost')).toBe('403 host_refused');
    expect(await get('Host: localhost', 'Host: evil.example')).toBe('403 host_refused');
    expect(await get()).toBe('400');
    expect(await ask(port, ['GET / HTTP/1.0'])).toBe('403 host_refused');
  });

  it('is not asked for in the target', async () => {
    expect(await ask(port, ['GET http://evil.example/ HTTP/1.1', 'Host: localhost'])).toBe(
      '403 host_refused',
    );
  });
});

describe('a bind', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0', '403 host_refused'],
    ['::', '[::]', '403 host_refused'],
    ['0.0.0.0', 'evil.example', '403 host_refused'],
    ['0.0.0.0', '127.0.0.1', '200'],
    ['10.1.2.3', '10.1.2.3:4700', '200'],
    ['baton.internal', 'baton.internal:4700', '200'],
    ['baton.internal', 'evil.example', '403 host_refused'],
  ])('to %s: %s gets %s', async (bind, host, answer) => {
    const at = await serve({ BATON_HOST: bind });
    expect(await ask(at, ['GET / HTTP/1.1', `Host: ${host}`])).toBe(answer);
  });
});

describe('the Origin', () => {
  it('is the own one, to the port and the scheme', async () => {
    expect(await get('Host: localhost:PORT', 'Origin: http://localhost:PORT')).toBe('200');
    expect(await get('Host: localhost', 'Origin: http://localhost')).toBe('200');
    expect(await get('Host: localhost:80', 'Origin: http://localhost')).toBe('200');
  });

  it.each([
    'null',
    '',
    'https://evil.example',
    'https://localhost:PORT',
    'http://localhost',
    'http://localhost:1',
    'http://127.0.0.1:PORT',
    'http://localhost.:PORT',
    'http://user@localhost:PORT',
    'http://localhost:PORT/',
    'http://localhost:PORT http://evil.example',
    'localhost:PORT',
    'file://',
  ])('%s is refused, also for reading', async (origin) => {
    expect(await get('Host: localhost:PORT', `Origin: ${origin}`)).toBe('403 cross_origin');
    expect(await post('Host: localhost:PORT', `Origin: ${origin}`, ...JSON_BODY)).toBe('403 cross_origin');
  });

  it('is there once', async () => {
    const own = 'Origin: http://localhost:PORT';
    expect(await get('Host: localhost:PORT', own, own)).toBe('403 cross_origin');
  });

  it('is told by the browser in other words where it is left out', async () => {
    const from = (site: string, mode: string) => [`Sec-Fetch-Site: ${site}`, `Sec-Fetch-Mode: ${mode}`];
    expect(await get('Host: localhost', ...from('cross-site', 'no-cors'))).toBe('403 cross_origin');
    expect(await get('Host: localhost', ...from('same-site', 'no-cors'))).toBe('403 cross_origin');
    expect(await get('Host: localhost', ...from('cross-site', 'navigate'))).toBe('200');
    expect(await get('Host: localhost', ...from('same-origin', 'cors'))).toBe('200');
    expect(await post('Host: localhost', ...JSON_BODY, ...from('cross-site', 'navigate'))).toBe(
      '403 cross_origin',
    );
  });
});

describe('a body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'application/yaml'])(
    'may be %s',
    async (type) => {
      expect(await post('Host: localhost', `Content-Type: ${type}`, 'Content-Length: 2')).toBe('200');
    },
  );

  it.each([
    ['Content-Type: text/plain'],
    ['Content-Type: TEXT/PLAIN; charset=utf-8'],
    ['Content-Type: text/plain;application/json'],
    ['Content-Type: application/x-www-form-urlencoded'],
    ['Content-Type: multipart/form-data; boundary=x'],
    ['Content-Type: json'],
    ['Content-Type:'],
    ['X-None: 1'],
    ['Content-Type: application/json\r\nContent-Type: text/plain'],
  ])('is refused with %j', async (type) => {
    const refused = '415 unsupported_media_type';
    expect(await post('Host: localhost', type, 'Content-Length: 2')).toBe(refused);
    const chunked = ['DELETE / HTTP/1.1', 'Host: localhost', type, 'Transfer-Encoding: chunked'];
    expect(await ask(port, chunked, '2\r\n{}\r\n0\r\n\r\n')).toBe(refused);
  });

  it('is not asked for', async () => {
    expect(await post('Host: localhost', 'Content-Length: 0')).toBe('200');
  });

  it('may be text from a page of a program that is not ours', async () => {
    const other = await serve({}, { ownPagesSendText: true });
    const text = ['POST / HTTP/1.1', 'Host: localhost', 'Content-Type: text/plain', 'Content-Length: 2'];
    expect(await ask(other, [...text, 'Origin: http://localhost'], '{}')).toBe('200');
    expect(await ask(other, [...text, 'Origin: null'], '{}')).toBe('403 cross_origin');
    expect(await ask(other, text, '{}')).toBe('415 unsupported_media_type');
  });
});

describe('BATON_ALLOWED_HOSTS', () => {
  const asked = async (list: string, host: string, origin?: string) => {
    const at = await serve({ BATON_ALLOWED_HOSTS: list });
    const page = origin === undefined ? [] : [`Origin: ${origin}`];
    return ask(at, ['GET / HTTP/1.1', `Host: ${host}`, ...page]);
  };

  it.each([
    ['baton.example', 'baton.example', undefined],
    ['baton.example', 'Baton.Example:8080', 'http://baton.example:8080'],
    ['other.example, baton.example:80', 'baton.example', 'http://baton.example'],
    ['https://baton.example', 'baton.example', 'https://baton.example'],
    ['https://baton.example:8443', 'baton.example:8443', 'https://baton.example:8443'],
    ['10.1.2.3', '10.1.2.3:4700', undefined],
    ['[fd00::1]', '[fd00::1]:4700', undefined],
    ['baton.example', 'localhost', undefined],
  ])('%s lets %s in (%s)', async (list, host, origin) => {
    expect(await asked(list, host, origin)).toBe('200');
  });

  it.each([
    ['baton.example', 'sub.baton.example', undefined, 'host_refused'],
    ['baton.example:4700', 'baton.example:4701', undefined, 'host_refused'],
    ['https://baton.example', 'baton.example:4700', undefined, 'host_refused'],
    ['https://baton.example', 'baton.example', 'http://baton.example', 'cross_origin'],
    ['baton.example', 'baton.example', 'https://baton.example', 'cross_origin'],
  ])('%s does not let %s in (%s)', async (list, host, origin, code) => {
    expect(await asked(list, host, origin)).toBe(`403 ${code}`);
  });

  it.each(['*', 'https://baton.example/path', 'user@baton.example', 'baton.example.', '127.999.1.1', 'a b'])(
    'does not take %s',
    (entry) => {
      const read = () => readConfig({ BATON_ALLOWED_HOSTS: `ok.example,${entry}` });
      expect(read).toThrow(`BATON_ALLOWED_HOSTS: "${entry}" is no host`);
    },
  );
});

describe('BATON_HOST', () => {
  it.each(['127.0.0.1', '127.8.0.1', 'localhost', '::1'])('%s is nobody else’s business', (host) => {
    expect(openToOthers(readConfig({ BATON_HOST: host }))).toBeUndefined();
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', '127.999.1.1', '127.1', '0', 'localhost.evil.example', 'myhost'])(
    '%s must be asked for, and is warned of',
    (host) => {
      expect(() => openToOthers(readConfig({ BATON_HOST: host }))).toThrow(
        expect.objectContaining({
          code: 'insecure_bind',
          message: expect.stringContaining('BATON_INSECURE=1'),
        }),
      );
      expect(openToOthers(readConfig({ BATON_HOST: host, BATON_INSECURE: '1' }))).toContain(
        `BATON_HOST=${host}`,
      );
    },
  );
});
