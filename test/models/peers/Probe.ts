import type { Meta, Payload } from 'seldon-lambda';
import { describePayload } from './describe-payload.ts';
import { inferRequest, namedInputs } from './infer-request.ts';

/** Answers one text: JSON that says what the model got. */
export class Probe {
  predict(X: Payload, names: string[], meta?: Meta) {
    const { inputs, outputs, parameters } = inferRequest(meta);
    const each = Object.entries(inputs.length === 1 ? namedInputs(X, meta) : asObject(X));
    const seen = {
      id: meta?.puid === undefined ? null : 'given',
      inputs: Object.fromEntries(each.map(([name, input]) => [name, describePayload(input)])),
      names,
      outputs: outputs.length > 0 ? outputs : null,
      parameters,
      X: describePayload(X),
    };
    return { seen: JSON.stringify(seen) };
  }
}

function asObject(X: Payload): Record<string, Payload> {
  return Object.getPrototypeOf(X) === Object.prototype ? (X as Record<string, Payload>) : {};
}
