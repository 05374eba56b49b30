import type { Feedback, SeldonMessage, SeldonMessageList } from 'seldon-lambda';

/** Answers the whole message that it gets. */
export class RawEcho {
  predictRaw(message: SeldonMessage | Uint8Array) {
    return message;
  }

  transformInputRaw(message: SeldonMessage) {
    return message;
  }

  transformOutputRaw(message: SeldonMessage) {
    return message;
  }

  routeRaw(message: SeldonMessage) {
    return message;
  }

  aggregateRaw(messages: SeldonMessageList) {
    return messages;
  }

  sendFeedbackRaw(feedback: Feedback) {
    return feedback.request ?? {};
  }

  healthStatusRaw() {
    return { strData: 'raw healthy', meta: { tags: { raw: true } } };
  }
}
