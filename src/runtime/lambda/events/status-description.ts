/** Describes a status: `200` becomes `200 OK`. A status that is not in the table stays a number. */
export function describeStatus(status: number): string {
  const description = DESCRIPTIONS[status];
  return description === undefined ? `${status}` : `${status} ${description}`;
}

// The usual statuses. STATUS_CODES of node:http is not used: loading it takes 4 ms of a cold start.
const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
