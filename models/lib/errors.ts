import { SeldonError } from 'seldon-lambda';

/** Answered 400: what the caller sent cannot be served. */
export function badData(info: string): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_DATA', info);
}

/** For a constructor that cannot work with its parameters. */
export function badParameter(info: string): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_PARAMETER', info);
}
