import type { CodeStatus } from '@daypass/core/codes/read-status';
import type { Site } from '@daypass/core/sites/site';
import { escapeHtml } from '@daypass/runtime/escape-html';
import type { LoginState } from '../login-state.ts';
import { button, card, field, goodNews, hidden, layout, paragraph, type HtmlPage, type PageOf } from './layout.ts';

/** A step of a login: what is known of it, and of the browser. */
export interface StepOf extends PageOf {
  site: Site;
  state: LoginState;
  sealed: string;
  /** Whether this browser has an authenticator app to get in with. */
  hasApp: boolean;
}

/** Where to send the code. */
export function addressCard(step: StepOf): string {
  const { texts, state, sealed, hasApp } = step;
  const { purpose, notice, email } = state;
  const hint = purpose.kind === 'oidc' ? purpose.hint : undefined;
  const value = escapeHtml(email ?? hint ?? '');
  const form = field(step, {
    name: 'email',
    label: texts.say('address.label'),
    attributes: `type="email" inputmode="email" autocomplete="email" autocapitalize="none" dir="ltr" maxlength="320" value="${value}"`,
    submit: texts.say('address.submit'),
    notice,
  });
  const ways = [
    ...(hasApp ? [turn(step, 'app', texts.say('totp.useApp'))] : []),
    ...(notice?.code === 'proof_required' ? [`<a href="/login?site=${step.site.id}">${escapeHtml(texts.say('page.startAgain'))}</a>`] : []),
  ];
  return card(
    step,
    texts.say('address.title'),
    goodNews(step, notice) +
      paragraph(texts.say('address.intro')) +
      `<form method="post" action="/login/address">${hidden('state', sealed)}${form}</form>` +
      actions(ways),
  );
}

/**
 * The code of the mail.
 *
 * @param status how the mail is doing; `undefined` where that is not known
 */
export function codeCard(step: StepOf, status: CodeStatus | undefined): string {
  const { texts, site, state, sealed } = step;
  const { length, alphabet } = site.codeFormat;
  const digits = alphabet === 'numeric';
  const [before = '', after = ''] = texts.say('code.intro').split('{address}');
  const intro = `<p class="text">${escapeHtml(before)}<bdi>${escapeHtml(state.email ?? '')}</bdi>${escapeHtml(after)}</p>`;
  const form = field(step, {
    name: 'code',
    label: texts.say('code.label'),
    attributes: codeAttributes(digits ? 'numeric' : 'text'),
    hint: texts.say(digits ? 'code.hintDigits' : 'code.hintLetters', { count: length }),
    submit: texts.say('code.submit'),
    notice: state.notice,
  });
  const wait = status?.resendInSeconds ?? 0;
  const open = status?.delivery === 'queued' || status?.delivery === 'delayed';
  const ways = [
    ...(open ? [`<a href="/login?state=${sealed}">${escapeHtml(texts.say('page.checkStatus'))}</a>`] : []),
    wait > 0
      ? `<span>${escapeHtml(texts.say('code.resendIn', { when: texts.when(wait) }))}</span>`
      : button('/login/resend', texts.say('code.resend'), hidden('state', sealed)),
    button('/login/other', texts.say('code.otherAddress'), hidden('state', sealed)),
  ];
  return card(
    step,
    texts.say('code.title'),
    goodNews(step, state.notice) +
      intro +
      `<form method="post" action="/login/code">${hidden('state', sealed)}${form}</form>` +
      (status ? `<p class="status" role="status" data-state="${status.delivery}">${escapeHtml(texts.say(`delivery.${status.delivery}`))}</p>` : '') +
      actions(ways),
  );
}

/** The code of an app. */
export function appCard(step: StepOf): string {
  const { texts, state, sealed } = step;
  const form = field(step, {
    name: 'code',
    label: texts.say('totp.label'),
    attributes: codeAttributes('numeric'),
    submit: texts.say('code.submit'),
    notice: state.notice,
  });
  return card(
    step,
    texts.say('totp.title'),
    goodNews(step, state.notice) +
      paragraph(texts.say('totp.intro')) +
      `<form method="post" action="/login/app-code">${hidden('state', sealed)}${form}</form>` +
      actions([turn(step, 'recovery', texts.say('totp.useRecovery')), turn(step, 'address', texts.say('totp.useEmail'))]),
  );
}

/** A recovery code, in the place of the app. */
export function recoveryCard(step: StepOf): string {
  const { texts, state, sealed } = step;
  const form = field(step, {
    name: 'code',
    label: texts.say('recovery.label'),
    attributes: codeAttributes('text').replace('one-time-code', 'off'),
    submit: texts.say('code.submit'),
    notice: state.notice,
  });
  return card(
    step,
    texts.say('recovery.title'),
    paragraph(texts.say('recovery.intro')) +
      `<form method="post" action="/login/recovery-code">${hidden('state', sealed)}${form}</form>` +
      actions([turn(step, 'app', texts.say('totp.useApp')), turn(step, 'address', texts.say('totp.useEmail'))]),
  );
}

/** Where a site asks for an app too, and this browser knows of none. */
export function mustEnrolCard(step: StepOf): string {
  const { texts, state, sealed } = step;
  const form = button('/login/enrol', texts.say('enrol.title'), hidden('state', sealed), 'submit');
  return card(step, texts.say('both.title'), goodNews(step, state.notice) + paragraph(texts.say('enrol.needed')) + form);
}

export function stepPage(step: StepOf, inner: string, title: string): HtmlPage {
  return layout(step, { title, body: inner, entry: true });
}

/**
 * The first page of a login. Where scripts run the element takes the place of the form, and hands over what the visitor
 * has got: the rest is the same.
 */
export function firstPage(step: StepOf, inner: string, enrolment: string | undefined): HtmlPage {
  const { texts, site, sealed } = step;
  const attributes = `site="${site.id}" locale="${texts.locale}" autofocus${enrolment === undefined ? '' : ` enrolment="${escapeHtml(enrolment)}"`}`;
  const handOver = `<form method="post" action="/login/granted">${hidden('state', sealed)}${hidden('token', '')}${hidden('device', '')}</form>`;
  return layout(step, { title: texts.say('address.title'), body: `<day-pass ${attributes}>${inner}</day-pass>${handOver}`, runs: true, entry: true });
}

const turn = ({ sealed }: StepOf, to: string, label: string) => button('/login/turn', label, hidden('state', sealed) + hidden('to', to));

const actions = (ways: string[]): string => (ways.length === 0 ? '' : `<div class="actions">${ways.join('')}</div>`);

const codeAttributes = (inputmode: string): string =>
  `class="code" type="text" inputmode="${inputmode}" autocomplete="one-time-code" autocapitalize="characters" dir="ltr" maxlength="64"`;
