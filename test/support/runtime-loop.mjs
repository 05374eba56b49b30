// The loop of a Lambda runtime, and no more of it: asks for an event, calls the handler, posts what became of
// it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API, AWS_LAMBDA_MAX_CONCURRENCY = '1', LAMBDA_TASK_ROOT, _HANDLER } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

const handler = await loadHandler().catch(async (error) => {
  await post('init/error', toReport(error));
  throw error;
});
await Promise.all(Array.from({ length: Number(AWS_LAMBDA_MAX_CONCURRENCY) }, serve));

async function loadHandler() {
  const [file, name] = _HANDLER.split('.');
  const { [name]: handler } = await import(pathToFileURL(join(LAMBDA_TASK_ROOT, `${file}.mjs`)).href);
  if (handler.length > 2) {
    throw new Error('handlers that take a callback are not supported');
  }
  return handler;
}

async function serve() {
  for (;;) {
    const next = await fetch(`${api}/invocation/next`);
    const awsRequestId = next.headers.get('lambda-runtime-aws-request-id');
    const deadlineMs = Number(next.headers.get('lambda-runtime-deadline-ms'));
    const context = { awsRequestId, getRemainingTimeInMillis: () => deadlineMs - Date.now() };
    await handler(await next.json(), context).then(
      (result = null) => post(`invocation/${awsRequestId}/response`, result),
      (error) => post(`invocation/${awsRequestId}/error`, toReport(error)),
    );
  }
}

function toReport({ name, message, stack }) {
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}

function post(path, body) {
  return fetch(`${api}/${path}`, { method: 'POST', body: JSON.stringify(body) });
}
