/** Where Baton finds a node that it calls: `grpc://host:port`, or `grpcs://host:port` with TLS. */

export interface NodeAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

const FORM = /^grpc(s?):\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})\/?$/;

/** null: it is none. */
export function readNodeAddress(text: string): NodeAddress | null {
  const [, tls, host = '', port = ''] = FORM.exec(text) ?? [];
  if (tls === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
  return { host: host.replaceAll(/^\[|\]$/g, ''), port: Number(port), tls: tls === 's' };
}
