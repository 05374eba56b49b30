import { monotonicMs } from '../clock.ts';
import { toSeldonError } from '../errors.ts';
import type { HttpResponse } from '../http/request.ts';
import type { Instance } from '../instance/instance.ts';

/** The executor's histograms of questions that a graph answers, and of those that its units do. */
const SERIES = {
  graph: 'seldon_api_executor_server_requests_seconds',
  unit: 'seldon_api_executor_client_requests_seconds',
} as const;

/** What a question is counted as. */
export interface Question {
  readonly of: keyof typeof SERIES;
  /** The label `service`: the executor's name for it, or the path of the unit. */
  readonly service: string;
  /** Undefined: it is not counted. */
  readonly labels: Readonly<Record<string, string>> | undefined;
}

/** Answers a question, and counts it as the executor does. */
export async function countQuestion(
  { of, service, labels }: Question,
  { metrics }: Pick<Instance, 'metrics'>,
  answer: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const start = monotonicMs();
  let status = 500;
  try {
    const response = await answer();
    status = response.status;
    return response;
  } catch (error) {
    status = toSeldonError(error).status;
    throw error;
  } finally {
    if (labels !== undefined) {
      const durationMs = monotonicMs() - start;
      metrics.recordSeconds(
        SERIES[of],
        ['service', service],
        { status, durationMs },
        { ...labels, method: 'get' },
      );
    }
  }
}
