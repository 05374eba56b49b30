import type { CallContext, Endpoint } from '../instance/endpoint.ts';
import { stringify } from '../json/write-json.ts';
import { Metadata } from '../model/metadata.ts';
import { describeIssues } from '../model/schema-issues.ts';
import { isPlainObject } from '../objects.ts';
import { toResponse } from '../protocols/reply.ts';
import { show } from '../show.ts';
import { readyModel } from '../unit/call.ts';
import { CallFacts } from '../unit/call-facts.ts';
import { badMetadata, mergeMetadata, namesOf } from '../unit/description.ts';

/** Answers the model's metadata, read by {@link readMetadata}, in the form of the protocol. */
export const metadata: Endpoint = {
  routes: 'metadata',
  usesModel: true,
  async respond(context) {
    const { request, protocol, unit } = context;
    const { encodeServer, encodeMetadata = seldonMetadata } = await protocol.wire();
    const ofServer = await encodeServer?.(request, () =>
      import('../unit/try-describe.ts').then(({ tryDescribe }) => tryDescribe(context)),
    );
    if (ofServer !== undefined) {
      return toResponse(ofServer);
    }
    const found = await readMetadata(context);
    const ready = await readyModel(unit, context.invocation);
    return toResponse(await encodeMetadata(found, request, namesOf(unit, ready, found.name)));
  },
};

function seldonMetadata(found: Metadata) {
  return { body: stringify(found) };
}

/**
 * Reads the model's metadata. Key by key, MODEL_METADATA overrides `initMetadata()`, which overrides the
 * defaults from PREDICTIVE_UNIT_IMAGE.
 *
 * @throws SeldonError MICROSERVICE_BAD_METADATA "Model metadata unavailable: ..." with the reason.
 */
export async function readMetadata({
  unit,
  instance,
  request,
  invocation,
}: Pick<CallContext, 'unit' | 'instance' | 'request' | 'invocation'>): Promise<Metadata> {
  const { config } = instance;
  const ready = await readyModel(unit, invocation);
  const call = new CallFacts(request, invocation);
  const merged = await mergeMetadata(unit, ready, instance, call).finally(() => call.end());
  readLabels(config.PREDICTOR_LABELS);
  return checkMetadata(merged);
}

/**
 * Checks that all of the metadata is there, and is what it should be.
 *
 * @throws SeldonError MICROSERVICE_BAD_METADATA naming the first place that is not.
 */
export function checkMetadata(given: object): Metadata {
  const result = Metadata.safeParse(given);
  if (!result.success) {
    throw badMetadata(describeIssues(result.error, '', given));
  }
  return result.data;
}

/** Only checks that PREDICTOR_LABELS is a JSON object; its content is used by the metrics. */
function readLabels(text: string): void {
  if (text.trim() === '') {
    return;
  }
  try {
    if (isPlainObject(JSON.parse(text))) {
      return;
    }
  } catch {
    // The error is the same as for JSON that is not an object.
  }
  throw badMetadata(`PREDICTOR_LABELS: expected a JSON object, got ${show(text)}`);
}
