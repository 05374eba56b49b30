import type { Feedback, SeldonMessage } from '../runtime/model/message.ts';
import type { Exchange } from './answer.ts';
import { branchOf } from './branch.ts';
import { type Call, failureOf, send } from './call.ts';
import { areProbabilities } from './chart.ts';
import { codeBlock } from './code-block.ts';
import { curlLine } from './curl.ts';
import type { Description } from './description.ts';
import { byId, element } from './element.ts';
import { flatArray } from './flat-array.ts';
import { prettyJson } from './json-text.ts';

const form = byId<HTMLFormElement>('feedback');
const reward = byId<HTMLInputElement>('reward');
const trueClass = byId<HTMLSelectElement>('true-class');
const truth = byId<HTMLTextAreaElement>('truth');
const summary = byId('feedback-summary');

/** Lets a person reward an answer: `show` tells of each new one, `refresh` writes the curl line anew. */
export function openFeedbackForm({ feedbackPath, unitId }: Description): {
  show(exchange: Exchange): void;
  refresh(): void;
} {
  /** What is rewarded; undefined while there is nothing to reward. */
  let rewarded: Pick<Feedback, 'request' | 'response'> | undefined;

  reward.addEventListener('input', refresh);
  truth.addEventListener('input', refresh);
  trueClass.addEventListener('change', () => {
    const message = trueClass.value === '' ? undefined : truthOf(rewarded?.response, Number(trueClass.value));
    truth.value = message === undefined ? '' : prettyJson(message);
    refresh();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });

  function show(exchange: Exchange): void {
    rewarded = toReward(exchange, unitId);
    form.hidden = rewarded === undefined;
    if (rewarded === undefined) {
      return;
    }
    const branch = branchOf(rewarded.response ?? undefined, exchange.endpoint);
    byId('feedback-about').textContent =
      `Goes to ${feedbackPath} with the request and the answer above` +
      (branch === undefined ? '.' : `, as what came of branch ${branch} of unit “${unitId}”.`);
    showClasses(rewarded.response ?? {});
    truth.value = '';
    summary.replaceChildren();
    refresh();
  }

  /** Throws for a truth that is no JSON: nobody would miss it in the answer. */
  function call(): Call {
    const feedback: Feedback = {
      ...rewarded,
      reward: reward.valueAsNumber,
      ...(truth.value.trim() !== '' && { truth: JSON.parse(truth.value) }),
    };
    return { method: 'POST', path: feedbackPath, body: JSON.stringify(feedback) };
  }

  function refresh(): void {
    if (rewarded === undefined) {
      return;
    }
    let problem = '';
    try {
      byId('feedback-curl').replaceChildren(
        codeBlock('curl', 'the feedback as a curl line', curlLine(call())),
      );
    } catch (error) {
      problem = `The truth is no JSON. ${(error as Error).message}`;
    }
    byId('truth-note').textContent = problem;
    truth.setAttribute('aria-invalid', String(problem !== ''));
  }

  async function submit(): Promise<void> {
    const button = byId('send-feedback');
    if (button.getAttribute('aria-disabled') === 'true') {
      return;
    }
    if (truth.getAttribute('aria-invalid') === 'true') {
      fail(byId('truth-note').textContent ?? '');
      truth.closest('details')?.setAttribute('open', '');
      truth.focus();
      return;
    }
    button.setAttribute('aria-disabled', 'true');
    summary.className = 'status';
    summary.textContent = 'Sending…';
    try {
      const answer = await send(call());
      const failure = failureOf(answer);
      if (failure === undefined) {
        summary.className = 'status succeeded';
        summary.replaceChildren(
          element('b', {}, String(answer.status)),
          ` Feedback taken, reward ${reward.value}.`,
        );
      } else {
        fail(failure, answer.status);
      }
    } catch (error) {
      fail(`No answer. The host cannot be reached: ${(error as Error).message}`);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  }

  return { show, refresh };
}

function fail(why: string, status?: number): void {
  summary.className = 'status failed';
  summary.replaceChildren(...(status === undefined ? [] : [element('b', {}, String(status))]), ` ${why}`);
}

/** Only answers to one message can be rewarded. */
function toReward(
  { endpoint, call, answer }: Exchange,
  unitId: string,
): Pick<Feedback, 'request' | 'response'> | undefined {
  if (endpoint.request !== 'SeldonMessage' || answer?.status !== 200) {
    return undefined;
  }
  const request = parse(call.body);
  const response = answer.json as SeldonMessage | undefined;
  if (typeof response !== 'object' || response === null) {
    return undefined;
  }
  const branch = branchOf(response, endpoint);
  // In a graph the orchestrator notes which way the request went; here it is this page.
  const meta =
    branch === undefined
      ? response.meta
      : { ...response.meta, routing: { ...response.meta?.routing, [unitId]: branch } };
  return { request, response: { ...response, ...(meta && { meta }) } };
}

function parse(text: string | undefined): SeldonMessage | undefined {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** The classes whose probabilities were answered, to choose the true one. */
function showClasses({ data }: SeldonMessage): void {
  const { values = [] } = flatArray(data) ?? {};
  const areClasses = values.every((value) => typeof value === 'number') && areProbabilities(values);
  const names = areClasses && data?.names?.length === values.length ? [...data.names] : [];
  byId('true-class-field').hidden = names.length === 0;
  trueClass.replaceChildren(
    element('option', { value: '' }, 'not known'),
    ...names.map((name, index) => element('option', { value: String(index) }, String(name))),
  );
}

/** The answer as it should have been: 1 for the true class, 0 for the others. */
function truthOf(response: SeldonMessage | null | undefined, index: number): SeldonMessage | undefined {
  const array = flatArray(response?.data);
  return array && { data: array.with(array.values.map((_, each) => (each === index ? 1 : 0))) };
}
