import { describe, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { knownSecrets } from '../secrets/known-secrets.ts';
import { isExporting, otlpSettings } from './otlp-settings.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/' };
const of = (env: NodeJS.ProcessEnv) => otlpSettings(readConfig(env));

describe('where spans go', () => {
  test('nowhere, unless somebody says so', () => {
    expect(of({})).toEqual({ off: true });
    expect(of({ ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' })).toEqual({ off: true });
    expect(of({ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' })).toEqual({ off: true });
    expect(isExporting(readConfig({}))).toBe(false);
  });

  test('to the endpoint, whose name for traces is taken as it is', () => {
    expect(of(ENDPOINT)).toEqual({
      url: 'http://127.0.0.1:4318/v1/traces',
      headers: {},
      encoding: 'protobuf',
      timeoutMs: 10_000,
      resource: { 'service.name': 'baton' },
    });
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://spans.example/otlp' };
    expect(of({ ...ENDPOINT, ...own })).toMatchObject({ url: 'https://spans.example/otlp' });
  });

  test('with headers and attributes, percent-decoded', () => {
    const settings = of({
      ...ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc, x-team = a ,broken,=none,odd=%zz',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=prod,service.name=ignored',
      OTEL_SERVICE_NAME: 'mine',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TIMEOUT: '3000',
    });
    expect(settings).toMatchObject({
      headers: { authorization: 'Bearer abc', 'x-team': 'a', odd: '%zz' },
      encoding: 'json',
      timeoutMs: 3_000,
      resource: { 'service.name': 'mine', 'deployment.environment.name': 'prod' },
    });
  });

  test('what is wrong turns it off and says why, and stops no program', () => {
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4317' })).toHaveProperty('wrong');
    expect(of({ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toHaveProperty('wrong');
    expect(of({ ...ENDPOINT, OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' })).toMatchObject({ timeoutMs: 10_000 });
    expect(of({ ...ENDPOINT, OTEL_EXPORTER_OTLP_TIMEOUT: '9e9' })).toMatchObject({ timeoutMs: 20_000 });
  });

  test('what its headers hold is secret', () => {
    const secrets = knownSecrets({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc,x=y-key' });
    expect(secrets).toEqual(
      ['Bearer%20abc', 'Bearer abc', 'y-key', 'y-key'].filter((one, i, all) => all.indexOf(one) === i),
    );
  });
});
