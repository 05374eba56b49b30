import { isRecord } from '../../objects.ts';

/** The members that the events of load balancers and of REST APIs both have, and that tell them apart. */
export interface ProxyEvent {
  readonly httpMethod: string;
  readonly path: string;
  readonly requestContext: Readonly<Record<string, unknown>>;
}

/** Whether an event is of a load balancer or a REST API. */
export function isProxyEvent(event: unknown): event is ProxyEvent {
  return (
    isRecord(event) &&
    typeof event.httpMethod === 'string' &&
    typeof event.path === 'string' &&
    isRecord(event.requestContext)
  );
}
