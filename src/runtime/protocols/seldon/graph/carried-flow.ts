import { copyJson } from '../../../json/copy-json.ts';
import { readJson } from '../../../json/read-json.ts';
import { stringify, toJsonValue } from '../../../json/write-json.ts';
import type { Meta, SeldonMessage } from '../../../model/message.ts';
import type { PayloadField } from '../../../model/model.ts';
import { isPlainObject } from '../../../objects.ts';
import type { Answer, AnswerSettings, Reply } from '../../protocol.ts';
import { answerMeta } from '../answer-meta.ts';
import { codecs } from '../codecs/index.ts';
import { type Carried, columnNames, encodeAnswer, writeMessage } from '../encode-answer.ts';
import { type Content, contentOf } from './carried-content.ts';
import { MessageFlow, type OwnMessage, type Routing } from './message-flow.ts';
import { ofText } from './text-flow.ts';

/**
 * The answer of a unit of this process, for the next one: without text in between where the payload is one
 * that text carries without a change, and by its text otherwise. A promise only where something is waited
 * for: each promise costs a small call.
 */
export function carry(
  answer: Answer,
  carried: Carried,
  settings: AnswerSettings,
): MessageFlow | Promise<MessageFlow> {
  const content = contentOf(answer.payload, carried.arrayKind);
  if (content === undefined) {
    return encodeAnswer(answer, carried, settings).then(({ body, headers }) => ofText(body, headers));
  }
  const texts = textsOf(answer, carried, settings);
  const meta = texts ?? answerMeta(answer, carried, settings);
  const named = content.isArray ? columnNames(answer) : [];
  return texts === undefined || named instanceof Promise || !isTexts(named)
    ? carryOdd(content, meta, named)
    : new CarriedFlow(content, named.slice(), texts, copyTexts);
}

/** Like {@link carry}, with a meta or with names that text may change. */
async function carryOdd(content: Content, made: object, named: unknown): Promise<MessageFlow> {
  const names = await named;
  // The next unit refuses other names; it does so when it reads them.
  if (!isTexts(names)) {
    return ofText(writeMessage(await content.encode(), names, made));
  }
  return new CarriedFlow(content, names.slice(), (await readJson(stringify(made))) as Meta, copyJson);
}

function isTexts(names: unknown): names is readonly string[] {
  return Array.isArray(names) && names.every((name) => typeof name === 'string');
}

/**
 * Whether all members are texts, without a list of them: a requestPath grows with each unit. Not with a
 * member that would be set as the prototype of a copy.
 */
function hasTexts(object: object): boolean {
  for (const name in object) {
    if (typeof (object as Record<string, unknown>)[name] !== 'string' || name === '__proto__') {
      return false;
    }
  }
  return true;
}

/** More messages than most graphs combine. */
const MANY = 20;

/**
 * The meta that {@link answerMeta} makes, where it has texts only, which are the same in JSON; undefined when
 * it may have more.
 */
function textsOf(
  { tags, metrics }: Answer,
  { metas, puid }: Carried,
  { unitPath, carriesMeta, showsMetrics }: AnswerSettings,
): Meta | undefined {
  const isOdd =
    metas.length > MANY ||
    tags.some((each) => each != null) ||
    (showsMetrics && metrics.length > 0) ||
    (puid != null && typeof puid !== 'string') ||
    !hasTexts(unitPath);
  if (isOdd) {
    return undefined;
  }
  let requestPath: Readonly<Record<string, string>> | undefined;
  for (const { tags, metrics, requestPath: path } of carriesMeta ? metas : []) {
    if (tags != null || metrics != null || (path != null && !(isPlainObject(path) && hasTexts(path)))) {
      return undefined;
    }
    // Not `{ ...a, ...b }`, which takes 1 us and more where the names differ.
    requestPath = Object.assign({}, requestPath ?? unitPath, path);
  }
  return textMeta(puid, requestPath ?? unitPath);
}

/** Copies a meta of {@link textsOf}. */
function copyTexts({ puid, requestPath }: Meta): Meta {
  return textMeta(puid, requestPath && Object.assign({}, requestPath));
}

/** Empty fields are left out. */
function textMeta(puid: Meta['puid'], requestPath: Meta['requestPath']): Meta {
  const meta: { puid?: Meta['puid']; requestPath?: Meta['requestPath'] } = {};
  if (puid != null && puid !== '') {
    meta.puid = puid;
  }
  if (requestPath != null && !isEmpty(requestPath)) {
    meta.requestPath = requestPath;
  }
  return meta;
}

function isEmpty(object: object): boolean {
  for (const _ in object) {
    return false;
  }
  return true;
}

/** An answer that is carried. */
class CarriedFlow extends MessageFlow {
  readonly #content: Content;
  readonly #names: readonly string[];
  readonly #meta: Meta;
  readonly #copyMeta: (meta: Meta) => Meta;
  #reply: Promise<Reply> | undefined;

  constructor(content: Content, names: readonly string[], meta: Meta, copyMeta: (meta: Meta) => Meta) {
    super();
    this.#content = content;
    this.#names = names;
    this.#meta = meta;
    this.#copyMeta = copyMeta;
  }

  override reply(): Promise<Reply> {
    this.#reply ??= this.#write();
    return this.#reply;
  }

  override decode(place: string, accepts?: readonly PayloadField[]): OwnMessage | Promise<OwnMessage> {
    const { kind, isArray, arrayKind, own } = this.#content;
    if (accepts !== undefined) {
      const sample: SeldonMessage = isArray ? { data: {} } : { [kind]: '' };
      if (!codecs.isTaken(sample, accepts)) {
        // Refuses it, with its own sentence.
        return this.reply().then(({ body }) => ofText(body).decode(place, accepts));
      }
    }
    return {
      features: own(),
      names: this.#names.slice(),
      meta: this.#copyMeta(this.#meta),
      arrayKind,
      grownBytes: 0,
    };
  }

  override async withRouting(routing: Routing): Promise<MessageFlow> {
    return new CarriedFlow(this.#content, this.#names, { ...this.#meta, routing }, copyJson);
  }

  async #write(): Promise<Reply> {
    const encoded = await this.#content.encode();
    return { body: writeMessage(encoded, this.#names, toJsonValue(this.#meta, 'meta') as object) };
  }
}
