import { gauge } from 'seldon-lambda';

/** Answers health with numbers, class names, tags and metrics. */
export class HealthFull {
  healthStatus() {
    return [[1, 2]];
  }

  classNames() {
    return ['h1', 'h2'];
  }

  tags() {
    return { tag: 'health' };
  }

  metrics() {
    return [gauge('health_gauge', 1)];
  }
}
