import { openConnections } from '../../../clients/connections.ts';
import { toHeaders } from '../cloud-event.ts';
import type { OpenSink } from './sink.ts';

/**
 * Opens `http://host/path` or `https://host/path`. An event is a POST in binary mode, as Seldon's loggers
 * expect it.
 */
export const openHttp: OpenSink = (url) => {
  const connections = openConnections(url.protocol);
  const { username, password, pathname, search } = url;
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization =
    user === ':' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
  return async (event, timeoutMs) => {
    const what = `POST ${pathname}`;
    const { status } = await connections.send({
      what,
      method: 'POST',
      endpoint: url,
      path: `${pathname}${search}`,
      headers: {
        ...toHeaders(event),
        ...authorization,
        host: url.host,
        'content-length': Buffer.byteLength(event.data),
      },
      body: event.data,
      timeoutMs,
      // A receiver recognises a repeated event by its id.
      isRepeatable: true,
    });
    if (status >= 300) {
      throw new Error(`${what} at ${url.host}: HTTP ${status}; expected 2xx`);
    }
  };
};
