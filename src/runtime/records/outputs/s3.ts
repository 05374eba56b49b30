import { openObjects, readLocation } from '../../clients/s3/s3-objects.ts';
import type { OpenOutput } from './output.ts';

/**
 * Opens `s3://bucket/prefix`: the answers of an event become the lines of one object, below the day, so that
 * either all of them arrive or none.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the URL names no bucket.
 */
export const openS3: OpenOutput = (url, settings) => {
  const { bucket, key: prefix } = readLocation(url.href);
  const objects = openObjects(settings);
  return {
    maxAnswers: Number.POSITIVE_INFINITY,
    maxBytes: Number.POSITIVE_INFINITY,
    async send(answers, call) {
      const day = new Date().toISOString().slice(0, 10);
      const key = [prefix, day, `${call.name}.jsonl`].filter(Boolean).join('/');
      const lines = answers.map(({ text }) => `${text}\n`).join('');
      await objects.create({ bucket, key }, Buffer.from(lines), call.timeoutMs);
      return [];
    },
  };
};
