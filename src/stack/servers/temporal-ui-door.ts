/**
 * The way to the Temporal Web UI. That UI answers under any name, so a rebound page could steer runs through it: people
 * reach it only by this proxy, which checks what every listener of ours checks.
 */
import { createServer, type ServerResponse } from 'node:http';
import { createProxyServer } from 'httpxy';
import { messageOf } from '../../errors/errors.ts';
import { inUrl } from '../../listeners/authority.ts';
import type { DoorPolicy } from '../../listeners/door-policy.ts';
import { guardListener } from '../../listeners/guard-listener.ts';

export interface UiDoor {
  readonly port: number;
  /** Open answers are cut. */
  close(): void;
}

export interface UiDoorOptions {
  /** Base URL of the UI itself. */
  readonly upstream: string;
  readonly host: string;
  readonly port: number;
  readonly policy: DoorPolicy;
}

/** Resolves once it listens. @throws the error of `listen`, such as EADDRINUSE. */
export async function openUiDoor({ upstream, host, port, policy }: UiDoorOptions): Promise<UiDoor> {
  const proxy = createProxyServer({ target: upstream, changeOrigin: true });
  proxy.on('error', (error, _request, response) => answerAway(response as ServerResponse, error));
  const server = createServer(
    guardListener(policy, (request, response) => {
      proxy.web(request, response).catch((error: unknown) => answerAway(response, error));
    }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host, exclusive: true }, resolve);
  });
  server.on('error', () => {});
  return {
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Where people find it. */
export const uiUrl = (host: string, port: number): string => `http://${inUrl(host)}:${port}`;

function answerAway(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`The Temporal UI does not answer: ${messageOf(error)}\n`);
}
