import { make } from './dom.ts';
import type { Texts } from './texts.ts';
import type { View } from './view.ts';

export interface Field {
  label: HTMLLabelElement;
  input: HTMLInputElement;
  hint: HTMLParagraphElement;
}

/** The one input of a step, said to browsers and password managers in the way they know. */
export function createField({ step, shape, address }: View, texts: Texts): Field {
  const id = `day-pass-${step}`;
  const kinds = {
    address: { type: 'email', name: 'email', autocomplete: 'email', inputmode: 'email', dir: 'ltr', autocapitalize: 'none' },
    code: { ...oneTimeCode, inputmode: shape.alphabet === 'numeric' ? 'numeric' : 'text' },
    totp: { ...oneTimeCode, inputmode: 'numeric' },
    recovery: { ...oneTimeCode, name: 'recovery-code', autocomplete: 'off', inputmode: 'text' },
    done: {},
  };
  const input = make('input', {
    id,
    part: 'input',
    required: '',
    maxlength: step === 'address' ? '254' : '64',
    'aria-describedby': 'hint error',
    spellcheck: 'false',
    autocorrect: 'off',
    enterkeyhint: step === 'address' ? 'send' : 'go',
    class: step === 'address' ? undefined : 'code',
    ...kinds[step],
  });
  if (step === 'address') input.value = address;

  const hints = {
    address: '',
    code: texts.say(shape.alphabet === 'numeric' ? 'code.hintDigits' : 'code.hintLetters', { count: shape.length }),
    totp: '',
    recovery: '',
    done: '',
  };
  const labels = { address: 'address.label', code: 'code.label', totp: 'totp.label', recovery: 'recovery.label', done: 'done.title' } as const;
  return {
    label: make('label', { for: id, part: 'label' }, texts.say(labels[step])),
    input,
    hint: make('p', { id: 'hint', class: 'hint', part: 'hint' }, hints[step]),
  };
}

// Not `type=number`: it has no leading zeros. Not six boxes: nothing fills those in.
const oneTimeCode = {
  type: 'text',
  name: 'one-time-code',
  autocomplete: 'one-time-code',
  autocapitalize: 'characters',
  dir: 'ltr',
};
