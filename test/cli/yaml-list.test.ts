import { describe, expect, test } from 'vitest';
import { addToList, namesIn } from '../../src/cli/yaml-list.ts';

describe('a model is added by a change of one line:', () => {
  test.each([
    ['models: [Iris]\n', 'models: [Iris, New]\n'],
    ['models: []\n', 'models: [New]\n'],
    ['models: [ Iris, ] # all\n', 'models: [ Iris, New ] # all\n'],
    ['models: [\n  Iris,\n  Fraud\n]\n', 'models: [\n  Iris,\n  Fraud, New\n]\n'],
    [
      'models:\n  - Iris # the first\n\n# later\nx: 1\n',
      'models:\n  - Iris # the first\n  - New\n\n# later\nx: 1\n',
    ],
    ['models:\n- Iris', 'models:\n- Iris\n- New'],
    ['models:\r\n  - Iris\r\nx: 1\r\n', 'models:\r\n  - Iris\r\n  - New\r\nx: 1\r\n'],
    [
      'models:\n  - Iris:\n      memory: 512\n  - Fraud\nx: !Ref A\n',
      'models:\n  - Iris:\n      memory: 512\n  - Fraud\n  - New\nx: !Ref A\n',
    ],
    ['models:\n  Iris:\n    memory: 512\nx: 1\n', 'models:\n  Iris:\n    memory: 512\n  New: {}\nx: 1\n'],
    ['models: { Iris: {} }\n', 'models: { Iris: {}, New: {} }\n'],
  ])('%j', (text, changed) => {
    expect(addToList(text, 'models', 'New')).toBe(changed);
    expect(namesIn(changed, 'models')).toContain('New');
    expect(addToList(changed, 'models', 'New')).toBe(changed);
  });
});

test.each(['', 'x: 1\n', 'models: none\n', '- a list\n'])(
  'a file without such a list is left as it is: %j',
  (text) => {
    expect(addToList(text, 'models', 'New')).toBeUndefined();
  },
);

test('a file that is not YAML is refused', () => {
  expect(() => addToList('models: [\n', 'models', 'New')).toThrow(
    /^serverless\.yml cannot be read: .*line 2/,
  );
});
