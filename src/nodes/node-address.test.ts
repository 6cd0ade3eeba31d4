import { expect, it } from 'vitest';
import { readNodeAddress } from './node-address.ts';

it.each([
  ['grpc://host:9', { host: 'host', port: 9, tls: false }],
  ['grpcs://a.example:443/', { host: 'a.example', port: 443, tls: true }],
  ['grpc://[::1]:50051', { host: '::1', port: 50_051, tls: false }],
  ['http://host:9', null],
  ['grpc://host', null],
  ['grpc://host:0', null],
  ['grpc://host:65536', null],
  ['grpc://user@host:9', null],
  ['grpc://host:9/path', null],
  ['unix:///socket', null],
])('%s', (text, address) => {
  expect(readNodeAddress(text)).toEqual(address);
});
