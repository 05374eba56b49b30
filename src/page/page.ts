import { showAnswer } from './answer.ts';
import { failureOf, send } from './call.ts';
import { openCredentials } from './credentials.ts';
import { type Description, readDescription } from './description.ts';
import { button, byId, element } from './element.ts';
import { openFeedbackForm } from './feedback-form.ts';
import { openGraphView } from './graph-view.ts';
import { showModel } from './model-card.ts';
import { showEndpoints, showKinds } from './reference.ts';
import { openRequestForm, type RequestForm } from './request-form.ts';

// The page of /docs. It is the same for all models: everything about a model comes from /seldon.json.

let refreshCurlLines = () => {};
openCredentials(() => refreshCurlLines());
void load();

async function load(): Promise<void> {
  byId('trouble').replaceChildren();
  byId('loading').hidden = false;
  try {
    show(await readFromHost());
  } catch (error) {
    byId('trouble').replaceChildren(
      element(
        'div',
        { class: 'alert' },
        element('p', {}, element('strong', {}, 'The description of the model cannot be read.')),
        element('p', {}, (error as Error).message),
        button('Try again', () => void load()),
      ),
    );
  }
  byId('loading').hidden = true;
}

async function readFromHost(): Promise<Description> {
  const answer = await send({ method: 'GET', path: '/seldon.json' });
  const failure = failureOf(answer);
  if (failure !== undefined) {
    throw new Error(`/seldon.json: ${answer.status} ${failure}`);
  }
  return readDescription(answer.json);
}

function show(description: Description): void {
  showModel(description);
  const graph = openGraphView(description.graph);
  const feedback = openFeedbackForm(description);
  const request: RequestForm = openRequestForm(description, (exchange) => {
    showAnswer(exchange);
    graph.show(exchange);
    feedback.show(exchange);
  });
  refreshCurlLines = () => {
    request.refresh();
    feedback.refresh();
  };
  showEndpoints(description, (path) => request.choose({ path }));
  showKinds(description, (kind) => request.choose({ kind }));
  byId('loaded').hidden = false;
}
