import { describe, expect, test } from 'vitest';
import { open, SOON_MS } from '../../support/stores/store-calls.ts';
import { bytes, newKey, storeContract, textOf } from '../../support/stores/store-suite.ts';

describe('memory', () => {
  storeContract('memory:', () => open('memory:'), { returnsCurrent: true });

  test('is another one under another name', async () => {
    const key = newKey();
    await (await open('memory://one')).put(key, bytes('value'), undefined, SOON_MS);
    expect(await (await open('memory://other')).get(key, SOON_MS)).toBeUndefined();
    expect(textOf((await (await open('memory://one')).get(key, SOON_MS))?.value)).toBe('value');
  });
});
