import type { SeldonMessage } from '../runtime/model/message.ts';
import { byId, element } from './element.ts';
import { type Fields, fieldsOf } from './fields.ts';

const fieldset = byId<HTMLFieldSetElement>('fields');

/** The inputs above the text of a request. */
interface FieldSet {
  /** Removes all inputs. */
  clear(): void;
  /** Fills the inputs from a message. They are replaced when the message needs others. */
  show(message: SeldonMessage | undefined): void;
  /** Disables the inputs while the text is half a message: they would overwrite it. */
  disable(isDisabled: boolean): void;
}

/** Shows the inputs for a message; the parameters are those of {@link fieldsOf}. */
export function openFieldSet(
  featureNames: readonly string[],
  onChange: (message: SeldonMessage) => void,
): FieldSet {
  let fields: Fields | undefined;

  function replace(next: Fields | undefined): void {
    fields = next;
    const legend = element('legend', {}, next?.legend ?? '');
    fieldset.replaceChildren(...(next ? [legend, ...next.inputs] : []));
    fieldset.hidden = next === undefined;
  }

  return {
    clear: () => replace(undefined),
    show(message) {
      const next = message && fieldsOf(message, featureNames, onChange);
      if (next?.form !== fields?.form) {
        replace(next);
      }
      if (message) {
        fields?.show(message);
      }
    },
    disable(isDisabled) {
      fieldset.disabled = isDisabled;
    },
  };
}
