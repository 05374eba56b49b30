import { SeldonNotImplementedError } from 'seldon-lambda';

/** A base class as the Python wrapper has one: every method exists and says that it is not implemented. */
export class BaseComponent {
  load(..._arguments: unknown[]): unknown {
    return notImplemented('load');
  }
  predict(..._arguments: unknown[]): unknown {
    return notImplemented('predict');
  }
  transformInput(..._arguments: unknown[]): unknown {
    return notImplemented('transform_input');
  }
  transformOutput(..._arguments: unknown[]): unknown {
    return notImplemented('transform_output');
  }
  route(..._arguments: unknown[]): unknown {
    return notImplemented('route');
  }
  aggregate(..._arguments: unknown[]): unknown {
    return notImplemented('aggregate');
  }
  sendFeedback(..._arguments: unknown[]): unknown {
    return notImplemented('send_feedback');
  }
  healthStatus(..._arguments: unknown[]): unknown {
    return notImplemented('health_status');
  }
  initMetadata(..._arguments: unknown[]): unknown {
    return notImplemented('init_metadata');
  }
  classNames(..._arguments: unknown[]): unknown {
    return notImplemented('class_names');
  }
  featureNames(..._arguments: unknown[]): unknown {
    return notImplemented('feature_names');
  }
  tags(..._arguments: unknown[]): unknown {
    return notImplemented('tags');
  }
  metrics(..._arguments: unknown[]): unknown {
    return notImplemented('metrics');
  }
  predictRaw(..._arguments: unknown[]): unknown {
    return notImplemented('predict_raw');
  }
  transformInputRaw(..._arguments: unknown[]): unknown {
    return notImplemented('transform_input_raw');
  }
  transformOutputRaw(..._arguments: unknown[]): unknown {
    return notImplemented('transform_output_raw');
  }
  routeRaw(..._arguments: unknown[]): unknown {
    return notImplemented('route_raw');
  }
  aggregateRaw(..._arguments: unknown[]): unknown {
    return notImplemented('aggregate_raw');
  }
  sendFeedbackRaw(..._arguments: unknown[]): unknown {
    return notImplemented('send_feedback_raw');
  }
  healthStatusRaw(..._arguments: unknown[]): unknown {
    return notImplemented('health_status_raw');
  }
}

function notImplemented(method: string): never {
  throw new SeldonNotImplementedError(`${method} is not implemented`);
}
