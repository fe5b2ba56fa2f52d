import type { Daypass } from '../daypass.ts';
import { DaypassError } from '../problem.ts';
import { isGrant, type Admission, type HalfGrant, type Status, type Ticket } from '../types.ts';
import { endsCode, tellError } from './errors.ts';
import type { Memory } from './memory.ts';
import { hasShape, type CodeShape } from './typed-code.ts';
import type { Told, View } from './view.ts';

const appShape: CodeShape = { alphabet: 'numeric', length: 6 };

export interface Flow {
  view(): View;
  /** Goes on where this browser was. */
  begin(): Promise<void>;
  submit(typed: string): Promise<void>;
  resend(): Promise<void>;
  go(step: 'address' | 'totp' | 'recovery'): void;
  stop(): void;
}

/** The way in, without anything to be seen: what happens, in which order, and what is to be shown of it. */
export function createFlow(options: {
  daypass: Daypass;
  memory: Memory;
  locale: string;
  session: 'cookie' | undefined;
  /** What is typed in already. */
  address: string;
  now: () => number;
  onChange: (view: View) => void;
  /** Nobody answered. Whether that is the network or the page's origin, a browser does not say. */
  onUnanswered: () => void;
  /** Whether somebody else sees to the second proof, of which this browser knows nothing. */
  onHalf: (half: HalfGrant) => boolean;
}): Flow {
  const { daypass, memory, locale, session, now, onChange, onUnanswered, onHalf } = options;
  let life = new AbortController();
  let watching = new AbortController();
  let challenge: string | undefined;
  let halfPass: string | undefined;
  /** The code that was just found to be wrong: trying it again would only cost an attempt. */
  let wrong: { typed: string; told: Told[] } | undefined;
  let view: View = {
    step: 'address',
    busy: false,
    proving: undefined,
    address: options.address,
    shape: { alphabet: 'alphanumeric', length: 8 },
    delivery: undefined,
    resendAt: undefined,
    over: false,
    errors: [],
    note: undefined,
    hasApp: memory.read().enrolment !== undefined,
    grant: undefined,
  };

  function show(change: Partial<View>): void {
    view = { ...view, ...change };
    onChange(view);
  }

  /** One thing at a time: what is asked for while something else is under way is a second press of the same button. */
  async function attempt(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (view.busy) return;
    const { signal } = life;
    show({ busy: true, errors: [], note: undefined });
    try {
      await work(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof DaypassError && error.code === 'network_failed') onUnanswered();
      show({ errors: tellError(error), over: view.step === 'code' && endsCode(error) });
    } finally {
      if (!signal.aborted) show({ busy: false, proving: undefined });
    }
  }

  function wait(ticket: Ticket | Status, change: Partial<View>): void {
    watching.abort();
    watching = new AbortController();
    const { signal } = watching;
    wrong = undefined;
    show({ ...change, step: 'code', over: false, resendAt: now() + ticket.resendIn * 1000 });
    void (async () => {
      for await (const { delivery } of daypass.watchDelivery(ticket.id, { signal })) show({ delivery });
    })().catch(() => undefined); // The code can be typed without it.
  }

  function admit(admission: Admission): void {
    if (isGrant(admission)) {
      if (admission.device !== undefined) memory.write({ device: admission.device });
      watching.abort();
      memory.write({ challenge: undefined });
      show({ step: 'done', grant: admission });
    } else {
      halfPass = admission.halfPass;
      memory.write({ challenge: undefined });
      const step = admission.missing.includes('otp') && view.hasApp ? 'totp' : 'address';
      const canGoOn = step === 'totp' || admission.missing.includes('email');
      if (!canGoOn && onHalf(admission)) return;
      show({ step, note: canGoOn ? { key: 'both.text' } : undefined, errors: canGoOn ? [] : [{ key: 'error.setup' }] });
    }
  }

  async function requestCode(email: string, signal: AbortSignal): Promise<void> {
    show({ address: email });
    // Enough to catch a slip. What an address is, the API knows.
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) return show({ errors: [{ key: 'error.address' }] });
    const { device } = memory.read();
    const request = { email, locale, ...(device !== undefined && { device }) };
    const ticket = await daypass.requestCode(request, { signal, onProof: (proving) => show({ proving }) });
    challenge = ticket.id;
    const { length, alphabet } = ticket.code;
    memory.write({ challenge: { id: ticket.id, length, alphabet } });
    wait(ticket, { shape: { length, alphabet }, delivery: 'queued' });
  }

  async function verify(typed: string, signal: AbortSignal): Promise<void> {
    const { step } = view;
    const shape = step === 'totp' ? appShape : view.shape;
    if (step !== 'recovery' && !hasShape(shape, typed) && !(step === 'totp' && hasShape({ ...appShape, length: 8 }, typed))) {
      return show({ errors: [{ key: 'error.codeShape', count: shape.length }] });
    }
    const call = { signal, session, bearer: halfPass };
    const enrolment = memory.read().enrolment ?? '';
    if (step === 'recovery') admit(await daypass.totp.recover(enrolment, typed, { signal, bearer: halfPass }));
    else if (step === 'totp') admit(await daypass.totp.verify(enrolment, typed, call));
    else if (wrong?.typed === typed) show({ errors: [...wrong.told] });
    else if (challenge !== undefined) {
      const admission = await daypass.verifyCode(challenge, typed, call).catch((error: unknown) => {
        if (error instanceof DaypassError && error.code === 'code_rejected') wrong = { typed, told: tellError(error) };
        throw error;
      });
      admit(admission);
    }
  }

  return {
    view: () => view,
    async begin() {
      const { challenge: left, enrolment } = memory.read();
      show({ hasApp: enrolment !== undefined, step: enrolment !== undefined && !left ? 'totp' : 'address' });
      if (!left) return;
      await attempt(async (signal) => {
        const status = await daypass.status(left.id, { signal }).catch(() => undefined);
        if (!status || status.expiresIn === 0 || status.attemptsLeft === 0) return memory.write({ challenge: undefined });
        challenge = left.id;
        wait(status, { shape: { length: left.length, alphabet: left.alphabet }, delivery: status.delivery });
      });
    },
    submit: (typed) =>
      attempt((signal) => (view.step === 'address' ? requestCode(typed.trim(), signal) : verify(typed.trim(), signal))),
    resend: () =>
      attempt(async (signal) => {
        if (challenge === undefined || view.resendAt === undefined || view.resendAt > now()) return;
        const ticket = await daypass.resend(challenge, { signal });
        wait(ticket, { note: { key: 'code.resent' }, delivery: 'queued' });
      }),
    go(step) {
      life.abort();
      watching.abort();
      life = new AbortController();
      challenge = undefined;
      memory.write({ challenge: undefined });
      show({ step, busy: false, proving: undefined, over: false, errors: [], note: undefined, delivery: undefined });
    },
    stop() {
      life.abort();
      watching.abort();
      life = new AbortController();
    },
  };
}
