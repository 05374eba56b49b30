import { SeldonError } from 'seldon-lambda';

/** Takes two parameters, one of them required, and refuses any other. */
export class ParamsStrict {
  readonly threshold: unknown;
  readonly label: unknown;

  constructor({ threshold, label = 'none', ...others }: Record<string, unknown> = {}) {
    if (threshold === undefined) {
      throw badParameter("parameter 'threshold' is required, but missing");
    }
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      throw badParameter(`parameter '${unknown}' is unknown; expected threshold or label`);
    }
    this.threshold = threshold;
    this.label = label;
  }

  predict() {
    return { threshold: this.threshold, label: this.label };
  }
}

function badParameter(info: string) {
  return new SeldonError('MICROSERVICE_BAD_PARAMETER', info);
}
