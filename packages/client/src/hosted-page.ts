import './element.ts';
import type { Grant, HalfGrant } from './types.ts';

/**
 * What the hosted page does beside the element: hands over what a visitor has got, and does with the texts on the page
 * what takes a script. Everything on it works without, by forms.
 */
const form = document.querySelector<HTMLFormElement>('form[action="/login/granted"]');

function handOver(fields: Record<string, string | undefined>): void {
  if (!form) return;
  for (const [name, value] of Object.entries(fields)) {
    const input = form.querySelector<HTMLInputElement>(`input[name=${name}]`);
    if (input) input.value = value ?? '';
  }
  form.submit();
}

addEventListener('daypass:granted', (event) => {
  const { accessToken, device } = (event as CustomEvent<Grant>).detail;
  handOver({ token: accessToken, device });
});
addEventListener('daypass:half', (event) => {
  event.preventDefault();
  handOver({ token: (event as CustomEvent<HalfGrant>).detail.halfPass });
});

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copies]')) {
  if (!('clipboard' in navigator)) continue;
  button.hidden = false;
  button.addEventListener('click', () => {
    const text = document.getElementById(button.dataset['copies'] ?? '')?.textContent ?? '';
    void navigator.clipboard.writeText(text.replaceAll(' ', '')).then(() => (button.textContent = button.dataset['copied'] ?? ''));
  });
}
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-prints]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
