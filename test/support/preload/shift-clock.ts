/** Loaded into a process by NODE_OPTIONS=--import: its clock is CLOCK_SHIFT_MS ahead, or behind when that is negative. */
const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
const TrueDate = Date;
const shiftedNow = () => TrueDate.now() + shiftMs;

globalThis.Date = new Proxy(TrueDate, {
  apply: () => new TrueDate(shiftedNow()).toString(),
  construct: (target, parts, newTarget) => Reflect.construct(target, parts.length === 0 ? [shiftedNow()] : parts, newTarget) as Date,
  get: (target, name) => (name === 'now' ? shiftedNow : (Reflect.get(target, name) as unknown)),
});
