import type { SeldonMessage } from '../runtime/model/message.ts';
import { element } from './element.ts';
import { flatArray } from './flat-array.ts';

/** Inputs for the payload of a message, so that nobody has to write JSON. */
export interface Fields {
  readonly legend: string;
  readonly inputs: readonly HTMLElement[];
  /**
   * Identifies the set of inputs: for a message with the same text, {@link Fields.show} can fill the inputs
   * that are shown already.
   */
  readonly form: string;
  /** Fills the inputs from a message. */
  show(message: SeldonMessage): void;
}

/** With more columns a form does not help. */
const MAX_COLUMNS = 64;

/**
 * Makes the inputs for a message: one for each column of an array with one row, one for a text, one for a
 * file.
 *
 * @param featureNames - labels for an array that has no names itself.
 * @param onChange - gets the message with the values that the person has typed.
 * @returns undefined for any other message.
 */
export function fieldsOf(
  message: SeldonMessage,
  featureNames: readonly string[],
  onChange: (message: SeldonMessage) => void,
): Fields | undefined {
  if (typeof message.strData === 'string') {
    return textField(message, onChange);
  }
  if (typeof message.binData === 'string') {
    return fileField(message, onChange);
  }
  return rowFields(message, featureNames, onChange);
}

function rowFields(
  message: SeldonMessage,
  featureNames: readonly string[],
  onChange: (message: SeldonMessage) => void,
): Fields | undefined {
  const row = rowOf(message);
  if (row === undefined) {
    return undefined;
  }
  let current = message;
  const labels = labelsOf(message, featureNames, row.values.length);
  const inputs = row.values.map((value, column) =>
    inputFor(value, (changed) => {
      const array = flatArray(current.data);
      if (array === undefined) {
        return;
      }
      const values = array.values.map((each, index) => (index === column ? changed : each));
      current = { ...current, data: array.with(values) };
      onChange(current);
    }),
  );
  return {
    legend: 'Features',
    form: JSON.stringify([labels, row.values.map((value) => typeof value)]),
    inputs: inputs.map(({ input }, column) => labelled(labels[column] as string, input)),
    show(shown) {
      current = shown;
      rowOf(shown)?.values.forEach((value, column) => {
        inputs[column]?.show(value);
      });
    },
  };
}

function rowOf({ data }: SeldonMessage): { readonly values: readonly unknown[] } | undefined {
  const array = flatArray(data);
  const isRow = array !== undefined && (array.shape.length === 1 || array.shape[0] === 1);
  return isRow && array.values.length > 0 && array.values.length <= MAX_COLUMNS ? array : undefined;
}

function labelsOf({ data }: SeldonMessage, featureNames: readonly string[], columns: number): string[] {
  const names = [data?.names, featureNames].find((each) => each?.length === columns);
  return Array.from({ length: columns }, (_, column) => String(names?.[column] ?? `Column ${column + 1}`));
}

interface Input {
  readonly input: HTMLInputElement;
  show(value: unknown): void;
}

function inputFor(value: unknown, onChange: (value: unknown) => void): Input {
  if (typeof value === 'boolean') {
    const input = element('input', { type: 'checkbox' });
    input.addEventListener('change', () => onChange(input.checked));
    return { input, show: (shown) => Object.assign(input, { checked: shown === true }) };
  }
  const isNumber = typeof value === 'number';
  const input = element(
    'input',
    isNumber ? { type: 'number', step: 'any', inputmode: 'decimal', required: '' } : { type: 'text' },
  );
  input.addEventListener('input', () => {
    if (!isNumber) {
      onChange(input.value);
    } else if (!Number.isNaN(input.valueAsNumber)) {
      onChange(input.valueAsNumber);
    }
  });
  const show = (shown: unknown) => {
    // Not while the person types: `1.` would become `1`.
    if (document.activeElement !== input) {
      input.value = String(shown);
    }
  };
  return { input, show };
}

let lastId = 0;

function labelled(label: string, input: HTMLElement): HTMLElement {
  lastId++;
  input.id = `input-${lastId}`;
  return element('div', { class: 'field' }, element('label', { for: input.id }, label), input);
}

function textField(message: SeldonMessage, onChange: (message: SeldonMessage) => void): Fields {
  let current = message;
  const input = element('textarea', { rows: '4' });
  input.addEventListener('input', () => {
    current = { ...current, strData: input.value };
    onChange(current);
  });
  return {
    legend: 'Text',
    form: 'strData',
    inputs: [wide(labelled('Text to send', input))],
    show(shown) {
      current = shown;
      if (document.activeElement !== input) {
        input.value = String(shown.strData);
      }
    },
  };
}

function fileField(message: SeldonMessage, onChange: (message: SeldonMessage) => void): Fields {
  let current = message;
  const input = element('input', { type: 'file' });
  input.addEventListener('change', async () => {
    const [file] = input.files ?? [];
    if (file === undefined) {
      return;
    }
    current = { ...current, binData: await toBase64(file) };
    onChange(current);
  });
  return {
    legend: 'File',
    form: 'binData',
    inputs: [wide(labelled('File to send', input))],
    show(shown) {
      current = shown;
    },
  };
}

function wide(field: HTMLElement): HTMLElement {
  field.classList.add('wide');
  return field;
}

function toBase64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('error', () => reject(reader.error));
    reader.addEventListener('load', () => {
      const url = String(reader.result);
      resolve(url.slice(url.indexOf(',') + 1));
    });
    reader.readAsDataURL(file);
  });
}
