import { escapeHtml } from '@daypass/runtime/escape-html';
import { button, card, field, hidden, layout, paragraph, type HtmlPage } from './layout.ts';
import type { StepOf } from './login-pages.ts';

/** The secret, to be read from the screen or typed, and the first code of the app. */
export function enrolPage(step: StepOf, { secret, svg }: { secret: string; svg: string }): HtmlPage {
  const { texts, state, sealed } = step;
  const say = (key: Parameters<typeof texts.say>[0]) => escapeHtml(texts.say(key));
  const form = field(step, {
    name: 'code',
    label: texts.say('totp.label'),
    attributes: 'class="code" type="text" inputmode="numeric" autocomplete="one-time-code" dir="ltr" maxlength="64"',
    submit: texts.say('enrol.submit'),
    notice: state.notice,
    // Else the page would begin below what there is to scan.
    focus: state.notice !== undefined,
  });
  const title = texts.say('enrol.title');
  const steps =
    '<ol class="steps">' +
    `<li><p>${say('enrol.scan')}</p><div class="qr" role="img" aria-label="${say('enrol.qr')}">${svg}</div></li>` +
    `<li><p id="typed">${say('enrol.typed')}</p><div class="secret"><code id="secret" dir="ltr">${escapeHtml(secret)}</code>` +
    `<button type="button" class="small" data-copies="secret" data-copied="${say('enrol.copied')}" aria-describedby="typed" hidden>${say('enrol.copy')}</button></div></li>` +
    `<li><p>${say('enrol.confirm')}</p></li></ol>`;
  const later = state.halfPass === undefined ? `<div class="actions">${button('/login/granted', texts.say('enrol.later'), hidden('state', sealed))}</div>` : '';
  const body = card(step, title, `${steps}<form method="post" action="/login/enrolled">${hidden('state', sealed)}${form}</form>${later}`);
  return layout(step, { title, body, runs: true });
}

/** The recovery codes, which are told once. */
export function recoveryCodesPage(step: StepOf, codes: readonly string[]): HtmlPage {
  const { texts, site, sealed } = step;
  const title = texts.say('enrol.recoveryTitle');
  const list = codes.map((code) => `<li><code dir="ltr">${escapeHtml(code)}</code></li>`).join('');
  const file = `${site.name}\r\n\r\n${codes.join('\r\n')}\r\n`;
  const keep =
    `<div class="row"><a class="small" download="${escapeHtml(site.id)}-recovery-codes.txt" href="data:text/plain;charset=utf-8,${encodeURIComponent(file)}">${escapeHtml(texts.say('enrol.save'))}</a>` +
    `<button type="button" class="small" data-prints hidden>${escapeHtml(texts.say('enrol.print'))}</button></div>`;
  const goOn = button('/login/granted', texts.say('enrol.kept'), hidden('state', sealed), 'submit');
  const body =
    `<p class="good" role="status">${escapeHtml(texts.say('enrol.done'))}</p>${paragraph(texts.say('enrol.recoveryText'))}` +
    `<ul class="codes">${list}</ul>${keep}${goOn}`;
  return layout(step, { title, body: card(step, title, body), runs: true });
}
