import { aggregate } from '../../endpoints/aggregate.ts';
import { predict } from '../../endpoints/predict.ts';
import { route } from '../../endpoints/route.ts';
import { sendFeedback } from '../../endpoints/send-feedback.ts';
import { transformInput } from '../../endpoints/transform-input.ts';
import { transformOutput } from '../../endpoints/transform-output.ts';
import type { CallContext } from '../../instance/endpoint.ts';
import type { MethodName } from '../../model/model.ts';
import { transact } from '../../pipeline/invoke.ts';
import type { Outcome } from '../../pipeline/outcome.ts';
import { type Dispatched, dispatch, type MethodSpec, respond, runCall } from '../../pipeline/pipeline.ts';
import type { Flow, FlowKind } from '../../protocols/graph-wire.ts';
import type { RequestKind } from '../../protocols/protocol.ts';
import { CallFacts } from '../../unit/call-facts.ts';
import type { Unit } from '../../unit/unit.ts';
import type {
  Binding,
  BindingHost,
  BoundUnit,
  Called,
  GraphMethod,
  Messages,
  UnitCall,
} from '../bound-unit.ts';

/** Units whose class is in the same process, so that no text is written between them. */
export const model: Binding = {
  name: 'model',
  matches: (target) => target.startsWith('model:'),
  open(name, _plan, host) {
    return localUnit(host.instance.unit(name, host.predictor), host);
  },
};

// Few predictions wait for these; metadata has 30 kB.
const loadStatus = () => import('../../endpoints/health-status.ts');
const loadOutcome = () => import('../outcome.ts');
const loadIdempotency = () => import('../../pipeline/idempotency.ts');
const loadMetadata = () => import('../../endpoints/metadata.ts');

const SPECS = {
  predict: predict.spec,
  transformInput: transformInput.spec,
  transformOutput: transformOutput.spec,
  route: route.spec,
  aggregate: aggregate.spec,
  sendFeedback: sendFeedback.spec,
} as const;

function localUnit(unit: Unit, host: BindingHost): BoundUnit {
  return {
    where: 'local',
    labels: unit.labels,
    call(method, message, call) {
      const spec = SPECS[method] as MethodSpec<MethodName, FlowKind>;
      return callLocal(spec, { method, message, unit, host }, call);
    },
    count(method, { status, durationMs, metrics }) {
      const call = { method: SPECS[method].metricTag, status, durationMs };
      host.instance.metrics.record(call, metrics, unit.labels, Date.now());
    },
    status: async (call) => (await loadStatus()).healthStatus.respond(contextOf(unit, call)),
    metadata: async (call) => (await loadMetadata()).metadata.respond(contextOf(unit, call)),
    prepare: (remainingMs) => unit.ready(remainingMs),
  };
}

/** The call of an endpoint of the unit, with the headers that pass on to it. */
function contextOf(unit: Unit, { context, headers }: UnitCall): CallContext {
  // The path may name the graph.
  const params = { ...context.request.params, model: unit.settings.id ?? '' };
  return { ...context, unit, request: { ...context.request, headers, params } };
}

/** A message for a unit of this process. */
interface Delivery {
  readonly method: GraphMethod;
  readonly message: Messages[GraphMethod];
  readonly unit: Unit;
  readonly host: BindingHost;
}

async function callLocal<K extends FlowKind>(
  spec: MethodSpec<MethodName, K>,
  delivery: Delivery,
  call: UnitCall,
): Promise<Called> {
  const { unit, host } = delivery;
  const { instance, wire } = host;
  const { invocation } = call;
  const facts = new CallFacts(call, invocation);
  // Not awaited where it is there: each await costs a small call.
  const finish = (dispatched: Dispatched<K>): Called | Promise<Called | Outcome> => {
    const { answer, settings, metrics } = dispatched;
    const { headers, status } = answer.response;
    if (headers != null || status != null) {
      return respond(dispatched, instance);
    }
    const flow = wire.ofAnswer(dispatched.call, answer, settings);
    return flow instanceof Promise ? flow.then((made) => ({ flow: made, metrics })) : { flow, metrics };
  };
  const message = delivery.message as Flow<FlowKind> as Flow<K>;
  const sent = { path: pathOf(delivery, call), headers: call.headers };
  try {
    const ready = await unit.ready(invocation.remainingMs);
    const isKept =
      invocation.idempotencyKey !== undefined && (await loadIdempotency()).isRemembered(ready, spec.method);
    if (isKept || (spec.isPredict && instance.config.PAYLOAD_PASSTHROUGH)) {
      const outcome = await callByText(spec, delivery, call);
      return (await loadOutcome()).fromOutcome(outcome, host);
    }
    const called = await transact(ready, spec, { invocation }, () =>
      dispatch(spec, { unit, instance, ready, received: message.receive(sent), facts }, finish),
    );
    return 'flow' in called ? called : (await loadOutcome()).fromOutcome(called, host);
  } catch (thrown) {
    return (await loadOutcome()).fromThrown(thrown, call, host);
  } finally {
    facts.end();
  }
}

/** Calls the unit as its own function would be called: its answer is remembered as text, or is any text. */
async function callByText<K extends RequestKind>(
  spec: MethodSpec<MethodName, K>,
  delivery: Delivery,
  call: UnitCall,
): Promise<Outcome> {
  const { message, unit } = delivery;
  const { context, invocation, headers } = call;
  const { body, headers: own = JSON_TYPE } = await message.reply();
  const request = {
    method: 'POST',
    path: pathOf(delivery, call),
    query: {},
    headers: { ...headers, ...own },
    // Others read the message, too, and the model may change its bytes.
    body: typeof body === 'string' ? body : Buffer.from(body),
  };
  return runCall(spec, { ...context, unit, invocation, request });
}

/** The path at which a unit of another function would be called. */
function pathOf({ method, unit, host }: Delivery, { context }: UnitCall): string {
  return host.wire.pathOf(method, unit.settings.id ?? '', context.request).path;
}

const JSON_TYPE = { 'content-type': 'application/json' };
