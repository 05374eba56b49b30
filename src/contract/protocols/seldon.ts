import { UserError } from '../../bundle/user-error.ts';
import { stringify } from '../../runtime/json/write-json.ts';
import { isRecord } from '../../runtime/objects.ts';
import { show } from '../../runtime/show.ts';
import type { Contract, Domain } from '../contract.ts';
import { ENDPOINT_NAMES, ENDPOINTS, type Endpoint, toBody } from '../endpoint.ts';
import { fault } from '../fault.ts';
import { hasShape, isShape, product, shapeOf } from '../shape.ts';
import type { Protocol } from './protocol.ts';

/** Seldon's protocol: messages with `data`. */
export const seldon: Protocol = {
  name: 'seldon',
  endpoints: ENDPOINT_NAMES,
  options: ['tensor', 'form', 'messages', 'unit'],
  hasModel: false,
  pathOf(name) {
    const { path = name }: Endpoint = ENDPOINTS[name];
    return path;
  },
  refuseUnfit({ contract, endpoint, tensor, unit, ...options }) {
    if (tensor) {
      const sections = ENDPOINTS[endpoint].sections(contract, { ...options, messages: 1 });
      for (const { place, domain } of sections.flatMap(({ columns }) => columns)) {
        refuseOtherThanNumbers(place, domain);
      }
    }
    if (unit !== undefined) {
      refuseWithoutBranch(contract);
    }
  },
  toMessage({ contract, endpoint, form, ...options }, sample) {
    const json = stringify(toBody(ENDPOINTS[endpoint], contract, sample, options));
    return {
      body: form ? new URLSearchParams({ json }).toString() : json,
      headers: { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' },
      toJson: () => json,
    };
  },
  faultOf(message) {
    const failed = isRecord(message.status) ? message.status.status : undefined;
    return failed === 1 || failed === 'FAILURE'
      ? fault('message', 'no failure', `status ${show(message.status)}`)
      : undefined;
  },
  readTable(message) {
    const { data } = message;
    if (!isRecord(data)) {
      const kind = ['strData', 'jsonData', 'binData'].find((key) => key in message);
      return fault('shape', 'data', kind ?? 'none');
    }
    const { names, tensor, ndarray } = data;
    if (isRecord(tensor)) {
      const { shape, values } = tensor;
      if (isShape(shape) && Array.isArray(values) && values.length === product(shape)) {
        return { shape, values, names, isNamed: true };
      }
      return fault('shape', 'a tensor whose shape fits its values', show(tensor));
    }
    if (!Array.isArray(ndarray)) {
      return fault('shape', 'data with a tensor or an ndarray', show(data));
    }
    const shape = shapeOf(ndarray);
    if (hasShape(ndarray, shape)) {
      return { shape, values: ndarray.flat(shape.length - 1), names, isNamed: true };
    }
    return fault('shape', 'rows of equal length', show(ndarray));
  },
};

function refuseOtherThanNumbers(place: string, domain: Domain): void {
  if (domain.ftype !== 'categorical') {
    return;
  }
  const [other] = domain.values.filter((value) => !['number', 'bigint'].includes(typeof value));
  if (other !== undefined) {
    const found = JSON.stringify(other);
    throw new UserError(
      `${place}.values: expected numbers, because a tensor holds nothing else, got ${found}`,
    );
  }
}

function refuseWithoutBranch({ targets }: Contract): void {
  const branch = targets?.columns[0]?.domain;
  const isBranch = branch?.ftype === 'continuous' ? branch.isInteger : branch?.values.every(Number.isInteger);
  if (!isBranch) {
    throw new UserError(
      'targets[0]: expected the branch that the router chose, dtype INT or integer values, for --unit',
    );
  }
}
