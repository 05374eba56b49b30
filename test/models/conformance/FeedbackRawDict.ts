/** Answers feedback with a plain object. */
export class FeedbackRawDict {
  sendFeedbackRaw() {
    return { strData: 'dict from send_feedback_raw' };
  }
}
