import { afterEach, describe, expect, test, vi } from 'vitest';
import { deploy } from '../../support/functions.ts';
import { documentOf, IRIS, metaZoo } from '../../support/openapi.ts';

afterEach(() => vi.unstubAllEnvs());

describe("the model's part", () => {
  test('is its name, its version, and what it takes and gives', async () => {
    const { info } = await documentOf(deploy(IRIS));
    expect(info).toMatchObject({
      title: 'iris',
      version: '1.0.0',
      'x-custom': { algorithm: 'multinomial logistic regression', dataset: 'iris', unit: 'cm' },
    });
    expect(info.description).toContain('Platform: seldon-lambda');
    expect(info.description).toMatch(/Inputs:\n\n- ndarray, shape `\[4\]`, names `\["sepal length \(cm\)",/);
    expect(info.description).toMatch(/Outputs:\n\n- ndarray, shape `\[3\]`, names `\["setosa",/);
  });

  test('describes every kind of input and output', async () => {
    const { info } = await documentOf(deploy(metaZoo('mixed')));
    expect(info.description).toContain('\n- ndarray, names `["a"]`\n- x, INT64, shape `[]`');
    expect(info.description).toContain(
      '\n- jsonData, type `"object"`, properties `{"a":{"type":"string"}}`\n- strData\n',
    );
    const partial = await documentOf(deploy(metaZoo('tensor_partial')));
    expect(partial.info.description).toContain('Inputs:\n\n- only-name\n- anything');
  });

  test('is named after the model where metadata has no name', async () => {
    const { info } = await documentOf(deploy({ MODEL_NAME: 'NoMethods' }));
    expect(info).toMatchObject({ title: 'NoMethods', version: 'unknown' });
    expect(info).not.toHaveProperty('x-custom');
  });

  test.each<[string, Record<string, string>, string]>([
    ['cannot be constructed', { MODEL_NAME: 'InitCrash' }, 'cannot construct'],
    ['is not there', { MODEL_NAME: 'Nowhere' }, 'the model file Nowhere does not exist'],
    ['fails to describe itself', { MODEL_NAME: 'MetaRaises' }, 'cannot read metadata'],
    ['describes itself wrongly', metaZoo('bad_datatype'), 'Model metadata unavailable: inputs[0]'],
    ['is described wrongly', { MODEL_NAME: 'Identity', MODEL_METADATA: '5' }, 'expected a mapping'],
  ])('is left out, with the reason, when the model %s', async (_what, environment, reason) => {
    const { info, components } = await documentOf(deploy(environment));
    expect(info).toMatchObject({ title: environment.MODEL_NAME, version: 'unknown' });
    expect(info.description).toContain('missing here');
    expect(info.description).toContain(reason);
    expect(info.description).not.toMatch(/\n\s+at /);
    expect(components.examples).toHaveProperty(['SeldonMessage.ndarray']);
  });

  test('says no more about an internal error than the functions do', async () => {
    const { info } = await documentOf(deploy({ MODEL_NAME: 'InitCrash', HIDE_INTERNAL_ERRORS: 'true' }));
    expect(info.description).toContain('internal error; the log has more');
    expect(info.description).not.toContain('cannot construct');
  });

  test('is there again when the model is', async () => {
    const functions = deploy({ MODEL_NAME: 'Identity', MODEL_METADATA: 'name: again' });
    expect((await documentOf(functions)).info.title).toBe('again');
    expect((await documentOf(functions)).info.title).toBe('again');
  });

  test('says that payloads pass through', async () => {
    const { info } = await documentOf(deploy({ MODEL_NAME: 'Identity', PAYLOAD_PASSTHROUGH: 'true' }));
    expect(info.description).toContain('PAYLOAD_PASSTHROUGH');
  });
});
