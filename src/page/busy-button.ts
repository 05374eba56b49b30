/**
 * Runs `action` unless the button's last one is still running. In the meantime the button is marked as
 * disabled, but not by `disabled`, which would take the focus away from it.
 */
export async function whileBusy(button: HTMLElement, action: () => Promise<void>): Promise<void> {
  if (button.getAttribute('aria-disabled') === 'true') {
    return;
  }
  button.setAttribute('aria-disabled', 'true');
  try {
    await action();
  } finally {
    button.removeAttribute('aria-disabled');
  }
}
