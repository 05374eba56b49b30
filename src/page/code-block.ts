import { button, element } from './element.ts';

/**
 * A block of text with a button to copy it.
 *
 * @param title - shown above it. @param label - names it for screen readers, and completes "Copy ...".

 */
export function codeBlock(title: string, label: string, text: string): HTMLElement {
  return element(
    'figure',
    { class: 'code' },
    element('figcaption', {}, element('span', {}, title), ...copyButton(label, text)),
    element('pre', { tabindex: '0', role: 'region', 'aria-label': label }, text),
  );
}

/** Empty where there is no clipboard: browsers offer it only to pages from https and from this machine. */
function copyButton(label: string, text: string): HTMLElement[] {
  if (navigator.clipboard === undefined) {
    return [];
  }
  const done = element('span', { class: 'copied', role: 'status' });
  const copy = button('Copy', async () => {
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    done.textContent = copied ? 'Copied' : 'The browser does not allow it';
    setTimeout(() => done.replaceChildren(), 2000);
  });
  copy.setAttribute('aria-label', `Copy ${label}`);
  return [done, copy];
}
