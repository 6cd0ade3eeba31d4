/** A collector that takes spans by OTLP over HTTP as JSON, and does what a test tells it instead. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterFile } from './after-file.ts';

/** As OTLP writes it in JSON, as far as tests look at it. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly unknown[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

/** `endless`: takes the spans, and answers without end. */
export type Mood = 'well' | 'failing' | 'hanging' | 'endless' | ((spans: readonly SentSpan[]) => number);

export class Collector {
  /** What it has said yes to, in this order. */
  readonly taken: SentSpan[] = [];
  /** What else came. */
  readonly bodies: Body[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  mood: Mood = 'well';
  url = '';

  static async start(): Promise<Collector> {
    const collector = new Collector();
    const server = createServer((request, response) => void collector.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    collector.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    afterFile(() => {
      server.closeAllConnections();
      server.close();
    });
    return collector;
  }

  /** Requests so far. */
  get asked(): number {
    return this.headers.length;
  }

  of(runId: string): readonly SentSpan[] {
    return this.taken.filter(({ attributes }) =>
      attributes.some(({ key, value }) => key === 'baton.run.id' && Object.values(value).includes(runId)),
    );
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.headers.push(request.headers);
    const body = JSON.parse(await text(request)) as Body;
    const spans = body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    if (this.mood === 'hanging') return;
    const status = typeof this.mood === 'function' ? this.mood(spans) : this.mood === 'failing' ? 500 : 200;
    if (status !== 200) return void response.writeHead(status).end();
    this.bodies.push(body);
    this.taken.push(...spans);
    response.writeHead(200, { 'content-type': 'application/json' });
    if (this.mood !== 'endless') return void response.end('{}');
    const piece = Buffer.alloc(64 * 1024, ' ');
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  }
}
