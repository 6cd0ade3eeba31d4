/** Parses bodies that are JSON, with whole numbers of any size as they are. What was empty is an empty object. */
import express, { type Request, type RequestHandler, type Response } from 'express';
import { NumberOutOfRange, readJson } from '../../plan/exact-json.ts';
import { HttpError } from './http-error.ts';

type Verify = (request: unknown, response: unknown, body: Buffer, encoding: string) => void;

interface Options {
  /** Most bytes. */
  readonly limit: number;
  /** Throws for what is not to be parsed. */
  readonly verify: Verify;
}

/** Reads the body as text, then as JSON. */
export function jsonBody({ limit, verify }: Options): readonly RequestHandler[] {
  return [express.text({ limit, verify, type: 'application/json' }), parseText];
}

function parseText(
  request: Request<unknown, unknown, unknown>,
  _response: Response,
  next: (error?: unknown) => void,
): void {
  if (typeof request.body !== 'string') return next();
  try {
    request.body = request.body === '' ? {} : readJson(request.body);
  } catch (error) {
    return next(refusalOf(error as Error));
  }
  next();
}

function refusalOf(error: Error): HttpError {
  if (error instanceof NumberOutOfRange)
    return new HttpError('number_out_of_range', `The body is not taken: ${error.message}.`);
  return new HttpError('invalid_json', `The body is not JSON: ${error.message}.`);
}
