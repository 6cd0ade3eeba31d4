/** The way of MCP tools to Baton over its API: any installation that `BATON_URL` leads to. */
import { OPERATIONS, type Operation } from '../../mcp/operations.ts';
import {
  Refusal,
  definitionType,
  type Answer,
  type Asked,
  type Beginning,
  type Door,
} from '../../mcp/door.ts';
import { CliError } from '../exit.ts';
import { answerOf, type ApiClient, type ApiRequest } from '../client/api-client.ts';

export class HttpDoor implements Door {
  readonly #client: ApiClient;
  readonly #name: () => string;

  /** @param name asked at each request: what the program calls itself for which this one speaks */
  constructor(client: ApiClient, name: () => string) {
    this.#client = client;
    this.#name = name;
  }

  async ask(operation: Operation, asked: Asked, signal: AbortSignal): Promise<Answer> {
    const response = await this.#send(operation, asked, signal);
    return { status: response.status, body: await answerOf<unknown>(response) };
  }

  async read(operation: Operation, asked: Asked, most: number, signal: AbortSignal): Promise<Beginning> {
    const response = await this.#send(operation, asked, signal);
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      // Leaving the loop gives the rest of the answer up.
      if (text.length > most) return { text: text.slice(0, most), isWhole: false };
    }
    return { text: text + decoder.decode(), isWhole: true };
  }

  async #send(operation: Operation, asked: Asked, signal: AbortSignal): Promise<Response> {
    const [method = 'GET', route = ''] = OPERATIONS[operation].split(' ');
    const path = `${filled(route, asked.params)}${queryText(asked.query)}`;
    try {
      return await this.#client.raw(path, this.#request(method as Method, asked, signal));
    } catch (error) {
      throw error instanceof CliError ? refusalOf(error) : error;
    }
  }

  #request(method: Method, { body, key }: Asked, signal: AbortSignal): ApiRequest {
    const headers = {
      'user-agent': agentOf(this.#name()),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    const sent = { method, headers, signal, ...(body !== undefined && { body }) };
    return typeof body === 'string' ? { ...sent, contentType: definitionType(body) } : sent;
  }
}

/** Headers bear no other characters. */
function agentOf(name: string): string {
  return `baton-mcp (${name.replaceAll(/[^\x20-\x7e]/g, '?')})`;
}

type Method = NonNullable<ApiRequest['method']>;

function filled(route: string, params: Asked['params'] = {}): string {
  return route.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

function queryText(query: Asked['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => [name, one] as [string, string]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

function refusalOf({ message, problem }: CliError): Refusal {
  const { code = 'internal', detail = message } = problem as { code?: string; detail?: string };
  return new Refusal({ ...problem, code, detail });
}
