import { beforeAll, describe, expect, test } from 'vitest';
import {
  BOUNDARY,
  deployEverything,
  deployModel,
  expectAnswer,
  expectJsonLog,
  post,
} from '../../support/fuzz.ts';

expectJsonLog();

describe('a small request cannot ask for much', () => {
  const tensor = (shape: unknown[], values: unknown[] = []) =>
    JSON.stringify({ data: { tensor: { shape, values } } });
  const tftensor = (sizes: unknown[], fields: object) => {
    const dim = sizes.map((size) => ({ size: String(size) }));
    return JSON.stringify({ data: { tftensor: { dtype: 'DT_DOUBLE', tensorShape: { dim }, ...fields } } });
  };
  const deep = (levels: number, inner = '') => '['.repeat(levels) + inner + ']'.repeat(levels);
  const listOf = (count: number, write: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => write(i)).join();
  const escaped = '\\"'.repeat(60_000);
  const words = listOf(2000, (dots) => `"NaN${'.'.repeat(dots)}"`);
  const ones = new Array(100_000).fill(1);

  /** `many`: as many as memory never holds; for models that would try, as many as take seconds. */
  const emptyArrays = (many: number): Record<string, string> => ({
    'no rows of very many columns': tensor([0, many]),
    'very many rows of no columns': tensor([many, 0]),
    'axes that multiply to nothing': tensor([4096, Math.ceil(many / 4096), 0]),
    'axes that multiply to infinity and nothing': tensor([1e200, 1e200, 0]),
    'more elements than there are values': tensor([many]),
    'a hundred thousand axes': tensor(ones, [1]),
    'a tftensor of very many elements, one given': tftensor([many], { doubleVal: [1] }),
    'a tftensor of very many elements, none given': tftensor([many], {}),
    'a tftensor of very many rows of no columns': tftensor([many, 0], {}),
    'a tftensor of no rows of very many columns': tftensor([0, many], {}),
    'a tftensor of elements beyond all numbers': tftensor([1e300, 1e300], { tensorContent: 'AAAA' }),
    'a tftensor of a hundred thousand axes': tftensor(ones, { doubleVal: [1] }),
  });
  const nestings: Record<string, string> = {
    'a list nested 33 deep': `{"data":{"ndarray":${deep(33, '1')}}}`,
    'a list nested 890 deep': `{"data":{"ndarray":${deep(890, '1')}}}`,
    'a list nested 100,000 deep': `{"data":{"ndarray":${deep(100_000)}}}`,
    'an object nested 100,000 deep': `{"jsonData":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
    'a list nested 100,000 deep with NaN in it': `{"jsonData":${deep(100_000, 'NaN')}}`,
    'a list nested 100,000 deep that does not end': '['.repeat(100_000),
    'names nested 100,000 deep': `{"data":{"names":${deep(100_000)},"ndarray":[]}}`,
    'tags nested 100,000 deep': `{"strData":"x","meta":{"tags":{"a":${deep(100_000)}}}}`,
  };
  const texts: Record<string, string> = {
    'a text of quotes that does not end, behind NaN': `NaN"${escaped}`,
    'a text of quotes that does not end, behind NaN and before a backslash': `NaN"${escaped}\\`,
    'a text of quotes that does not end, behind many digits': `${'1'.repeat(5000)}"${escaped}`,
    'all words that could stand for NaN': `{"jsonData":[${words},NaN]}`,
    'many words NaN': `{"jsonData":[${'NaN,'.repeat(200_000)}1]}`,
    'a number of a million digits': `{"jsonData":[${'9'.repeat(1_000_000)}]}`,
    'a fraction of a million digits': `{"jsonData":[0.${'9'.repeat(1_000_000)}]}`,
    'many texts of digits': `{"jsonData":[${listOf(100_000, () => '"11111111"')}]}`,
  };
  const crowds: Record<string, string> = {
    'many keys': `{"jsonData":{${listOf(100_000, (i) => `"k${i}":1`)}}}`,
    'many unknown fields': `{${listOf(100_000, (i) => `"k${i}":1`)}}`,
    'many wrong names': `{"data":{"names":[${listOf(200_000, () => '{}')}],"ndarray":[]}}`,
    'many wrong values of a tensor': `{"data":{"tensor":{"shape":[200000],"values":[${listOf(200_000, () => '{}')}]}}}`,
    'many ragged rows': `{"data":{"ndarray":[${listOf(100_000, (i) => `[${'1,'.repeat(i % 3)}1]`)}]}}`,
    'many empty rows': `{"data":{"ndarray":[${listOf(300_000, () => '[]')}]}}`,
    'many tags': `{"strData":"x","meta":{"tags":{${listOf(50_000, (i) => `"k${i}":1`)}}}}`,
  };
  const feedbacks: Record<string, string> = {
    'many unknown fields': `{${listOf(100_000, (i) => `"k${i}":1`)}}`,
    'many unknown fields of a message': `{"request":{${listOf(100_000, (i) => `"k${i}":1`)}}}`,
    'many wrong names': `{"request":{"data":{"names":[${listOf(200_000, () => '1')}],"ndarray":[]}}}`,
    'many wrong values': `{"truth":{"data":{"tensor":{"shape":[1],"values":["x",${listOf(200_000, () => '{}')}]}}}}`,
    'many wrong axes': `{"truth":{"data":{"tensor":{"shape":[${listOf(200_000, () => '"x"')}],"values":[]}}}}`,
    'many wrong metrics': `{"response":{"meta":{"metrics":[${listOf(500_000, () => '{"a":1}')}]}}}`,
    'many wrong tags of a metric': `{"response":{"meta":{"metrics":[{"tags":{${listOf(350_000, (i) => `"k${i}":1`)}}}]}}}`,
    'many wrong branches': `{"response":{"meta":{"routing":{${listOf(350_000, (i) => `"k${i}":"x"`)}}}}}`,
    'many wrong images': `{"request":{"meta":{"requestPath":{${listOf(350_000, (i) => `"k${i}":1`)}}}}}`,
  };

  async function expectSmallAnswer(path: string, body: string, contentType?: string) {
    const before = process.memoryUsage().rss;
    // An answer whose time grows with the square of the size does not end before the test does.
    expectAnswer(await post(path, body, contentType));
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * 2 ** 20);
  }

  describe('of a model that answers what it gets', () => {
    deployEverything();

    test.each(Object.entries({ ...emptyArrays(1_000_000_000), ...nestings, ...texts, ...crowds }))(
      '%s',
      async (_what, body) => {
        await expectSmallAnswer('/predict', body);
      },
    );

    test.each(Object.entries({ ...emptyArrays(1_000_000_000), ...nestings, ...crowds }))(
      'in a list of messages: %s',
      async (_what, body) => {
        await expectSmallAnswer('/aggregate', `[${body}]`);
        await expectSmallAnswer('/aggregate', `[{"data":{"ndarray":[[1]]}},${body}]`);
      },
    );

    test('very many messages', async () => {
      await expectSmallAnswer('/aggregate', `[${listOf(50_000, () => '{"strData":"x"}')}]`);
      await expectSmallAnswer('/aggregate', `[${listOf(50_000, () => '{"data":{"names":[{}]}}')}]`);
    });

    test.each(Object.entries({ ...emptyArrays(1_000_000_000), ...nestings }))(
      'in a feedback: %s',
      async (_what, body) => {
        await expectSmallAnswer('/send-feedback', `{"request":${body}}`);
      },
    );

    test.each(Object.entries(feedbacks))('in a feedback: %s', async (_what, body) => {
      await expectSmallAnswer('/send-feedback', body);
    });

    test.each(Object.entries({ ...nestings, ...crowds }))('in a form: %s', async (_what, body) => {
      await expectSmallAnswer(
        '/predict',
        `json=${encodeURIComponent(body)}`,
        'application/x-www-form-urlencoded',
      );
    });
  });

  describe('of a model that takes the lists', () => {
    beforeAll(() => {
      deployModel('Nests');
    });

    test.each(Object.entries(emptyArrays(20_000_000)))('%s', async (_what, body) => {
      await expectSmallAnswer('/predict', body);
    });
  });

  describe('in parts', () => {
    deployEverything();

    const line = `--${BOUNDARY}\r\n`;
    const end = `\r\n--${BOUNDARY}--`;
    const named = (name: string) => `${line}content-disposition: form-data; name="${name}"`;
    const multipart: Record<string, string> = {
      'many parts': `${Array.from({ length: 20_000 }, (_, i) => `${named(`x${i}`)}\r\n\r\n1\r\n`).join('')}${end}`,
      'a part without an end of its header': `${named('a'.repeat(2_000_000))}${end}`,
      'many boundaries that are none': `${`--${BOUNDARY}`.repeat(50_000)}${end}`,
      'many empty lines': `${line}${'\r\n'.repeat(500_000)}${end}`,
      'many headers': `${line}${'a: b\r\n'.repeat(200_000)}\r\n\r\n${end}`,
      'half a boundary, over and over': `${named('strData')}\r\n\r\n${'\r\n--'.repeat(400_000)}${end}`,
      'nearly a boundary, over and over': `${named('strData')}\r\n\r\n${`\r\n--${BOUNDARY.slice(1)}`.repeat(50_000)}${end}`,
    };

    test.each(Object.entries(multipart))('multipart: %s', async (_what, body) => {
      await expectSmallAnswer('/predict', body, `multipart/form-data; boundary=${BOUNDARY}`);
    });
  });
});
