import type { Feedback, SeldonMessage } from '../runtime/model/message.ts';
import type { Exchange } from './answer.ts';
import { branchOf } from './branch.ts';
import { whileBusy } from './busy-button.ts';
import { type Call, failureOf, send } from './call.ts';
import { codeBlock } from './code-block.ts';
import { curlLine } from './curl.ts';
import type { Description } from './description.ts';
import { byId, element } from './element.ts';
import { classesOf, type Rewarded, toRewarded, truthOf } from './feedback.ts';
import { jsonProblem, keepDigits, prettyJson } from './json-text.ts';

const form = byId<HTMLFormElement>('feedback');
const reward = byId<HTMLInputElement>('reward');
const trueClass = byId<HTMLSelectElement>('true-class');
const truth = byId<HTMLTextAreaElement>('truth');
const summary = byId('feedback-summary');

/** The parts of the form that the rest of the page uses. */
interface FeedbackForm {
  /** Offers feedback on an answer; hides the form where there is nothing to reward. */
  show(exchange: Exchange): void;
  /** Updates the curl line. */
  refresh(): void;
}

/** Lets a person send feedback on an answer. */
export function openFeedbackForm({ feedbackPath = '', unitId, graph }: Description): FeedbackForm {
  const inGraph = graph ? ', and from there to the units that the answer went through.' : '.';
  let rewarded: Rewarded | undefined;

  reward.addEventListener('input', refresh);
  truth.addEventListener('input', refresh);
  trueClass.addEventListener('change', () => {
    const message = trueClass.value === '' ? undefined : truthOf(rewarded?.response, Number(trueClass.value));
    truth.value = message === undefined ? '' : prettyJson(message);
    refresh();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void whileBusy(byId('send-feedback'), () => submit(() => toCall(feedbackPath, rewarded ?? {})));
  });

  function refresh(): void {
    if (rewarded !== undefined && noteProblem() === '') {
      const line = curlLine(toCall(feedbackPath, rewarded));
      byId('feedback-curl').replaceChildren(codeBlock('curl', 'the feedback as a curl line', line));
    }
  }

  return {
    refresh,
    show(exchange) {
      rewarded = feedbackPath === '' ? undefined : toRewarded(exchange, unitId);
      form.hidden = rewarded === undefined;
      if (rewarded === undefined) {
        return;
      }
      const branch = branchOf(rewarded.response ?? undefined, exchange.endpoint);
      byId('feedback-about').textContent =
        `Goes to ${feedbackPath} with the request and the answer above` +
        (branch === undefined ? inGraph : `, as what came of branch ${branch} of unit “${unitId}”.`);
      showClasses(rewarded.response ?? {});
      truth.value = '';
      summary.replaceChildren();
      refresh();
    },
  };
}

/** @throws SyntaxError for a truth that is not JSON: a call without it would look like a success. */
function toCall(path: string, rewarded: Rewarded): Call {
  const feedback: Feedback = {
    ...rewarded,
    reward: reward.valueAsNumber,
    ...(truth.value.trim() !== '' && { truth: JSON.parse(truth.value, keepDigits) }),
  };
  return { method: 'POST', path, body: JSON.stringify(feedback) };
}

/** Shows what is wrong with the truth, and returns it; empty for a good one. */
function noteProblem(): string {
  const problem = truth.value.trim() === '' ? '' : jsonProblem(truth.value);
  const note = problem === '' ? '' : `The truth is not JSON. ${problem}`;
  byId('truth-note').textContent = note;
  truth.setAttribute('aria-invalid', String(note !== ''));
  return note;
}

async function submit(call: () => Call): Promise<void> {
  const problem = noteProblem();
  if (problem !== '') {
    showFailure(problem);
    truth.closest('details')?.setAttribute('open', '');
    truth.focus();
    return;
  }
  summary.className = 'status';
  summary.textContent = 'Sending…';
  try {
    const answer = await send(call());
    const failure = failureOf(answer);
    if (failure === undefined) {
      showSuccess(answer.status);
    } else {
      showFailure(failure, answer.status);
    }
  } catch (error) {
    showFailure(`No answer. The host cannot be reached: ${(error as Error).message}`);
  }
}

function showSuccess(status: number): void {
  summary.className = 'status succeeded';
  summary.replaceChildren(element('b', {}, String(status)), ` Feedback taken, reward ${reward.value}.`);
}

function showFailure(why: string, status?: number): void {
  summary.className = 'status failed';
  summary.replaceChildren(...(status === undefined ? [] : [element('b', {}, String(status))]), ` ${why}`);
}

/** Offers the classes of an answer, to choose the true one. */
function showClasses(response: SeldonMessage): void {
  const names = classesOf(response);
  byId('true-class-field').hidden = names.length === 0;
  trueClass.replaceChildren(
    element('option', { value: '' }, 'not known'),
    ...names.map((name, index) => element('option', { value: String(index) }, name)),
  );
}
