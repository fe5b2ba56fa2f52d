import { make, setText, ticketIcon } from './dom.ts';
import { createField, type Field } from './field.ts';
import type { Flow } from './flow.ts';
import type { Texts } from './texts.ts';
import { findCode, hasShape } from './typed-code.ts';
import type { FlowKey, View } from './view.ts';

/** Puts the flow on the screen, and what is done there into the flow. The form is made anew for each step. */
export function createScreen(root: ShadowRoot, texts: Texts, flow: Flow, now: () => number): { show(view: View): void } {
  const title = make('h2', { part: 'title', tabindex: '-1' });
  const text = make('p', { class: 'text', part: 'text' });
  const form = make('form', { part: 'form', novalidate: '' });
  // Both are there from the start: what appears together with its text is not always read out.
  const error = make('p', { id: 'error', class: 'error', part: 'error', role: 'alert' });
  const status = make('p', { class: 'status', part: 'status', role: 'status' });
  const progress = make('progress', { part: 'progress', max: '1', 'aria-label': texts.say('proof.working'), hidden: '' });
  const actions = make('div', { class: 'actions', part: 'actions' });
  const submit = make('button', { type: 'submit', class: 'submit', part: 'button submit' });
  const head = make('div', { class: 'head', part: 'head' }, ticketIcon(), title);
  const body = make('div', { class: 'body', part: 'body' }, text, form, status, progress, actions);
  root.replaceChildren(make('div', { class: 'frame', part: 'card', dir: texts.direction, lang: texts.locale }, head, body));

  let field: Field | undefined;
  let shown: View | undefined;
  const send = () => void flow.submit(field?.input.value ?? '');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });

  function build(view: View): void {
    setText(title, texts.say(titles[view.step]));
    field = createField(view, texts);
    form.replaceChildren(field.label, field.input, field.hint, error, submit);
    form.hidden = view.step === 'done';
    submit.textContent = texts.say(view.step === 'address' ? 'address.submit' : 'code.submit');
    if (view.step === 'code' || view.step === 'totp') fillsItself(field.input, view, send);
  }

  // Who was not in here yet is not pulled in: there may be a page around it.
  let engaged = false;
  for (const event of ['focusin', 'pointerdown']) root.addEventListener(event, () => (engaged = true));
  function focusOn(target: HTMLElement | null | undefined): void {
    if (engaged) target?.focus();
  }

  function show(view: View): void {
    const before = shown;
    shown = view;
    const isNew = before === undefined || before.step !== view.step || before.shape !== view.shape;
    if (isNew) build(view);
    describe(text, view, texts);
    setText(error, view.errors.map(texts.tell).join(' '));
    field?.input.setAttribute('aria-invalid', String(view.errors.length > 0));
    if (field) field.input.readOnly = view.busy || view.over;
    submit.setAttribute('aria-disabled', String(view.busy));
    submit.hidden = view.over;
    const { state, told } = statusOf(view, texts);
    status.dataset['state'] = state;
    setText(status, told);
    progress.hidden = view.proving === undefined;
    progress.value = view.proving ?? 0;
    offer(actions, view, texts, flow, now());
    if (isNew) focusOn(view.step === 'done' ? title : field?.input);
    else if (view.errors.length > 0 && before.errors !== view.errors) focusOn(view.over ? actions.querySelector('button') : field?.input);
  }
  return { show };
}

const titles = { address: 'address.title', code: 'code.title', totp: 'totp.title', recovery: 'recovery.title', done: 'done.title' } as const;
const intros: Record<View['step'], FlowKey> = { address: 'address.intro', code: 'code.introAgain', totp: 'totp.intro', recovery: 'recovery.intro', done: 'done.text' };

/** A code that is pasted or filled in is tried at once. One that is typed is not: its last character may be a slip. */
function fillsItself(input: HTMLInputElement, { shape, step }: View, send: () => void): void {
  const wanted = step === 'totp' ? ({ alphabet: 'numeric', length: 6 } as const) : shape;
  input.addEventListener('paste', (event) => {
    const code = findCode(wanted, event.clipboardData?.getData('text') ?? '');
    if (code === undefined || input.readOnly) return;
    event.preventDefault();
    input.value = code;
    send();
  });
  input.addEventListener('input', (event) => {
    if (cameAtOnce(event, wanted.length) && hasShape(wanted, input.value)) send();
  });
}

/** What a password manager or a keyboard's suggestion does is of another kind than typing, or of none, or all in one. */
function cameAtOnce(event: Event, length: number): boolean {
  if (!(event instanceof InputEvent)) return true;
  const { inputType, data } = event;
  return inputType === '' || inputType === 'insertReplacementText' || (inputType === 'insertText' && (data ?? '').length >= length);
}

function describe(text: HTMLElement, { step, address, grant }: View, texts: Texts): void {
  if (step === 'code' && address !== '') {
    const [before = '', after = ''] = texts.say('code.intro').split('{address}');
    if (text.querySelector('bdi')?.textContent !== address) text.replaceChildren(before, make('bdi', {}, address), after);
  } else {
    setText(text, texts.say(intros[step], { when: texts.when(grant?.expiresIn ?? 0) }));
  }
}

function statusOf(view: View, texts: Texts): { state: string; told: string } {
  if (view.proving !== undefined) return { state: 'queued', told: texts.say('proof.working') };
  if (view.note) return { state: 'sent', told: texts.tell(view.note) };
  if (view.step !== 'code' || view.over || !view.delivery) return { state: '', told: '' };
  return { state: view.delivery, told: texts.say(`delivery.${view.delivery}`) };
}

/** The ways on besides the form. A button that stays is kept, so that it keeps the focus. */
function offer(actions: HTMLElement, view: View, texts: Texts, flow: Flow, now: number): void {
  const { step, over, hasApp, resendAt } = view;
  const seconds = resendAt === undefined ? 0 : (resendAt - now) / 1000;
  const ways: [name: string, label: string, act: (() => void) | undefined][] = [];
  const way = (name: FlowKey, act: () => void) => ways.push([name, texts.say(name), act]);

  if (step === 'code' && over) way('code.again', () => flow.go('address'));
  if (step === 'code' && !over && resendAt !== undefined) {
    if (seconds > 0) ways.push(['code.resend', texts.say('code.resendIn', { when: texts.when(seconds) }), undefined]);
    else way('code.resend', () => void flow.resend());
  }
  if (step === 'code' && !over) way('code.otherAddress', () => flow.go('address'));
  if (step === 'totp') way('totp.useRecovery', () => flow.go('recovery'));
  if (step === 'totp' || step === 'recovery') way('totp.useEmail', () => flow.go('address'));
  if (hasApp && (step === 'address' || step === 'recovery')) way('totp.useApp', () => flow.go('totp'));

  const there = new Map([...actions.querySelectorAll('button')].map((button) => [button.dataset['way'], button]));
  const buttons = ways.map(([name, label, act]) => {
    const button = there.get(name) ?? make('button', { type: 'button', part: 'action', 'data-way': name });
    setText(button, label);
    button.setAttribute('aria-disabled', String(act === undefined));
    // One that stays may do something else by now.
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    button.onclick = act ?? null;
    return button;
  });
  if (buttons.length !== actions.childElementCount || buttons.some((button, index) => actions.children[index] !== button)) {
    actions.replaceChildren(...buttons);
  }
  actions.hidden = buttons.length === 0;
}
