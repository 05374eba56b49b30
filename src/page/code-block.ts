import { button, element } from './element.ts';

/**
 * Text to look at and to copy.
 *
 * @param title - what stands above it. @param label - what it is, for those who do not see where it stands.
 */
export function codeBlock(title: string, label: string, text: string): HTMLElement {
  return element(
    'figure',
    { class: 'code' },
    element('figcaption', {}, element('span', {}, title), ...copyButton(label, text)),
    element('pre', { tabindex: '0', role: 'region', 'aria-label': label }, text),
  );
}

/**
 * Nothing where the browser has no clipboard: only pages of https, or of this very machine, may write to it.
 */
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
