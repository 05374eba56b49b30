import { brief } from './part.ts';

/** A form of a target: where a unit runs. */
interface Form {
  readonly pattern: RegExp;
  /** The target as the plan has it. */
  toTarget(text: string): string | undefined;
}

const FUNCTION = /[\w-]{1,64}/.source;
const ALIAS = /(?::(?:\$LATEST|[\w-]{1,128}))?/.source;

/** The forms of targets; the last one is any other text. */
const FORMS: readonly Form[] = [
  { pattern: /^https?:/i, toTarget: toUrl },
  {
    pattern: /^(lambda:)?arn:/,
    toTarget: (text) => {
      const arn = text.replace(/^lambda:/, '');
      return new RegExp(`^arn:aws[\\w-]*:lambda:[\\w-]+:\\d{12}:function:${FUNCTION}\\*?${ALIAS}$`).test(arn)
        ? arn
        : undefined;
    },
  },
  {
    pattern: /^lambda:/,
    toTarget: (text) => (new RegExp(`^lambda:${FUNCTION}\\*?${ALIAS}$`).test(text) ? text : undefined),
  },
  {
    pattern: /^/,
    toTarget: (text) => {
      const name = text.replace(/^model:/, '');
      return /^[\w$-]+(\.[\w$-]+)*$/.test(name) ? `model:${name}` : undefined;
    },
  },
];

/** The forms that a target can have, for messages. */
export const TARGETS =
  'a model such as Iris or file.Class, lambda:name, lambda:name:alias, lambda:name-*, an ARN of a function, ' +
  'or an http(s):// URL';

/** A target as the plan has it; undefined for a text that is none. */
export function toTarget(text: string): string | undefined {
  return FORMS.find(({ pattern }) => pattern.test(text))?.toTarget(text);
}

/** The name of the class that a target means, as MODEL_NAME has it; undefined for other targets. */
export function modelOf(target: string): string | undefined {
  return target.startsWith('model:') ? target.slice('model:'.length) : undefined;
}

/** A URL without a slash at the end, credentials or a query, which would be lost when a path is added. */
function toUrl(text: string): string | undefined {
  if (!URL.canParse(text)) {
    return undefined;
  }
  const { protocol, host, pathname, username, password, search, hash } = new URL(text);
  const isPlain = username === '' && password === '' && search === '' && hash === '';
  return isPlain
    ? `${protocol}//${host}${pathname.endsWith('/') ? pathname.slice(0, -1) : pathname}`
    : undefined;
}

/**
 * A URL that is called as it is, with its query; undefined for a text that is none, and for one with
 * credentials, which a connection would not send.
 */
export function toCalledUrl(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    return undefined;
  }
  const url = new URL(text);
  // No request has it.
  url.hash = '';
  return url.username === '' && url.password === '' ? url.href : undefined;
}

/** A text that may hold credentials, for a message. */
export function shownTarget(text: string): string {
  return brief(text.replace(/^(https?:\/\/)[^/@]*@/i, '$1...@'));
}
