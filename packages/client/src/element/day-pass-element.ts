import { createDaypass } from '../daypass.ts';
import type { Grant, HalfGrant } from '../types.ts';
import { createFlow, type Flow } from './flow.ts';
import { createMemory } from './memory.ts';
import { createScreen } from './render.ts';
import { styleSheet } from './style.ts';
import { loadTexts } from './texts.ts';

const ticksMs = 1_000;

/** Where the tag is only named, as when a page is made on a server. */
const Base = typeof HTMLElement === 'function' ? HTMLElement : (Object as unknown as typeof HTMLElement);

/**
 * `<day-pass>`: a visitor's way in, from address to pass.
 *
 * Attributes: `api` (where Daypass answers; where the script came from when nothing is said), `site`, `locale`, `session`
 * (`cookie`: the pass is also set as a cookie), `enrolment` (the id of an authenticator app), `theme` (`light`, `dark`).
 *
 * What is in it is shown until it has started: a form, for browsers without JavaScript.
 *
 * @fires daypass:granted with the grant as `detail`
 * @fires daypass:half where a site asks for two proofs and nothing is known of an app: with the half pass as `detail`. Who
 * prevents its default sees to the other proof.
 */
export class DayPassElement extends Base {
  static observedAttributes = ['api', 'site', 'locale', 'session', 'enrolment'];

  #flow: Flow | undefined;
  #life = new AbortController();
  #starting = false;

  connectedCallback(): void {
    this.#restart();
  }

  disconnectedCallback(): void {
    this.#stop();
  }

  attributeChangedCallback(): void {
    if (this.#flow) this.#restart();
  }

  /** Several attributes that are set one after the other are one change. */
  #restart(): void {
    if (this.#starting) return;
    this.#starting = true;
    queueMicrotask(() => {
      this.#starting = false;
      this.#stop();
      if (this.isConnected) void this.#start(this.#life.signal);
    });
  }

  #stop(): void {
    this.#life.abort();
    this.#flow?.stop();
    this.#flow = undefined;
    this.#life = new AbortController();
  }

  async #start(signal: AbortSignal): Promise<void> {
    const api = (this.getAttribute('api') ?? new URL(import.meta.url).origin).replace(/\/+$/, '');
    const site = this.getAttribute('site') ?? 'default';
    const texts = await loadTexts(api, this.#languages(), signal);
    if (signal.aborted) return;

    // Until now its content was shown: a form for browsers without JavaScript. What is typed there is not lost.
    const typed = this.querySelector<HTMLInputElement>('input[type=email]')?.value ?? '';
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open', delegatesFocus: true });
    root.adoptedStyleSheets = [styleSheet()];
    const memory = createMemory(api, site);
    const enrolment = this.getAttribute('enrolment');
    if (enrolment !== null) memory.write({ enrolment });
    const now = () => Date.now();
    let told: Grant | undefined;
    const flow = createFlow({
      daypass: createDaypass({ baseUrl: api, site }),
      memory,
      locale: texts.locale,
      session: this.getAttribute('session') === 'cookie' ? 'cookie' : undefined,
      address: typed,
      now,
      // For whoever puts it into a page: what the visitor is told cannot say it.
      // oxlint-disable-next-line no-console
      onUnanswered: () => api === location.origin || console.warn(`<day-pass>: no answer. Is ${location.origin} one of the origins of the site "${site}"?`),
      onHalf: (detail) => !this.dispatchEvent(new CustomEvent('daypass:half', { detail, bubbles: true, composed: true, cancelable: true })),
      onChange: (view) => {
        if (signal.aborted) return;
        screen.show(view);
        if (view.grant && view.grant !== told) {
          told = view.grant;
          this.dispatchEvent(new CustomEvent('daypass:granted', { detail: told, bubbles: true, composed: true }));
        }
      },
    });
    this.#flow = flow;
    const screen = createScreen(root, texts, flow, now);
    const clock = setInterval(() => screen.show(flow.view()), ticksMs);
    signal.addEventListener('abort', () => clearInterval(clock), { once: true });
    await flow.begin();
    // Not the element itself: where its content has the focus, it takes itself for focused.
    if (this.hasAttribute('autofocus')) root.querySelector('input')?.focus();
  }

  /** What it is told, else what the page is written in, else what the visitor reads. */
  #languages(): string[] {
    const page = this.closest('[lang]')?.getAttribute('lang');
    return [this.getAttribute('locale'), page, ...navigator.languages].filter((tag) => typeof tag === 'string' && tag !== '') as string[];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'day-pass': DayPassElement;
  }
  interface HTMLElementEventMap {
    'daypass:granted': CustomEvent<Grant>;
    'daypass:half': CustomEvent<HalfGrant>;
  }
}
