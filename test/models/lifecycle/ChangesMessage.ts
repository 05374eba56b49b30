/** Changes the messages and the JSON values that it gets, in place, and answers them. */
export class ChangesMessage {
  predictRaw(message: Record<string, unknown>) {
    return Object.assign(message, { strData: 'changed', more: [1] });
  }

  transformInput(value: Record<string, unknown>) {
    value.count = 'changed';
    return value;
  }

  transformOutputRaw(message: Record<string, unknown>) {
    delete message.data;
    throw new Error('after a change');
  }

  aggregateRaw({ seldonMessages }: { seldonMessages: unknown[] }) {
    return seldonMessages.pop();
  }

  sendFeedbackRaw(feedback: Record<string, unknown>) {
    feedback.reward = 7;
  }
}
