import type { PipelineStage, QueryFilter, UpdateQuery } from 'mongoose';
import { tombstoneSeconds, type RefusedOutcome, type Shown } from '../totp/enrolment.ts';
import { failuresPerPause, maxFailures, maxWrongCodes, pauseMsAfter } from '../totp/throttle.ts';
import type { EnrolmentDocument } from './enrolment-model.ts';

type Pipeline = PipelineStage.Set[];
type Filter = QueryFilter<EnrolmentDocument>;

const pausesMs = Array.from({ length: maxFailures / failuresPerPause }, (_, index) => pauseMsAfter((index + 1) * failuresPerPause));

/** The enrolment, if what is shown can be used on it now. `now` is passed in: the database's clock is not asked. */
export function acceptable(_id: string, shown: Shown, now: Date): Filter {
  const open = { _id, endedAt: null, pausedUntil: { $lte: now } };
  const live = { ...open, confirmedAt: { $ne: null }, endsAt: { $gt: now } };
  if (shown.kind === 'recover') return { ...live, recoveryDigests: shown.digest };
  // RFC 6238 §5.2: a step accepted once is not accepted again, nor is an earlier one.
  const steps = { lastStep: { $lt: shown.step }, burntSteps: { $ne: shown.step } };
  if (shown.kind === 'verify') return { ...live, ...steps };
  return { ...open, confirmedAt: null, pendingUntil: { $gt: now }, ...steps };
}

/** Uses up what is shown. */
export function acceptance(shown: Shown, now: Date): UpdateQuery<EnrolmentDocument> {
  const cleared = { failures: 0, stray: null };
  if (shown.kind === 'recover') return { $set: cleared, $pull: { recoveryDigests: shown.digest } };
  if (shown.kind === 'verify') return { $set: { ...cleared, lastStep: shown.step } };
  const { step, endsAt, recoveryDigests } = shown;
  return { $set: { ...cleared, lastStep: step, confirmedAt: now, endsAt, purgeAt: tombstoneEnd(endsAt), recoveryDigests } };
}

/**
 * Counts an attempt that was not accepted. The first stage says what becomes of it, by the document as it is before;
 * the others do that.
 */
export function refusalPipeline(kind: Shown['kind'], now: Date): Pipeline {
  return [
    { $set: { lastRefusal: outcomeOf(kind, now) } },
    { $set: { failures: ifRejected({ $add: ['$failures', 1] }, '$failures'), wrongCodes: ifRejected({ $add: ['$wrongCodes', 1] }, '$wrongCodes') } },
    { $set: { pausedUntil: ifRejected(pauseAfterFailures(now), '$pausedUntil'), endedAt: endedByFailures(now) } },
    ...withoutSecretsOnceEnded(now),
  ];
}

/** Ends it, unless it has ended. */
export function endPipeline(now: Date): Pipeline {
  return [{ $set: { endedAt: { $ifNull: ['$endedAt', now] } } }, ...withoutSecretsOnceEnded(now)];
}

/** Ended, not what it was tried for, paused; and rejected only if none of these. */
function outcomeOf(kind: Shown['kind'], now: Date): object {
  const confirmed = { $ne: ['$confirmedAt', null] };
  const pending = { $and: [{ $eq: ['$confirmedAt', null] }, { $gt: ['$pendingUntil', now] }] };
  const over = { $or: [{ $ne: ['$endedAt', null] }, { $and: [confirmed, { $lte: ['$endsAt', now] }] }] };
  const outcome = (name: RefusedOutcome): RefusedOutcome => name;
  const unlessPaused = { $cond: [{ $gt: ['$pausedUntil', now] }, outcome('paused'), outcome('rejected')] };
  const unlessUnknown = { $cond: [kind === 'confirm' ? pending : confirmed, unlessPaused, outcome('unknown')] };
  return { $cond: [over, outcome('ended'), unlessUnknown] };
}

function ifRejected(value: object, otherwise: string): object {
  return { $cond: [{ $eq: ['$lastRefusal', 'rejected' satisfies RefusedOutcome] }, value, otherwise] };
}

/** After the failures have been counted. */
function pauseAfterFailures(now: Date): object {
  const over = { $mod: ['$failures', failuresPerPause] };
  const position = { $subtract: [{ $toInt: { $divide: ['$failures', failuresPerPause] } }, 1] };
  const pauseMs = { $arrayElemAt: [pausesMs, position] };
  return { $cond: [{ $eq: [over, 0] }, { $add: [now, pauseMs] }, '$pausedUntil'] };
}

function endedByFailures(now: Date): object {
  const tooMany = { $or: [{ $gte: ['$failures', maxFailures] }, { $gte: ['$wrongCodes', maxWrongCodes] }] };
  return { $cond: [{ $and: [{ $eq: ['$endedAt', null] }, tooMany] }, now, '$endedAt'] };
}

function withoutSecretsOnceEnded(now: Date): Pipeline {
  const onceEnded = (value: unknown, otherwise: string): object => ({ $cond: [{ $ne: ['$endedAt', null] }, value, otherwise] });
  return [
    {
      $set: {
        sealed: onceEnded('$$REMOVE', '$sealed'),
        sealedWith: onceEnded('$$REMOVE', '$sealedWith'),
        recoveryDigests: onceEnded([], '$recoveryDigests'),
        purgeAt: onceEnded({ $min: ['$purgeAt', tombstoneEnd(now)] }, '$purgeAt'),
      },
    },
  ];
}

function tombstoneEnd(endedAt: Date): Date {
  return new Date(endedAt.getTime() + tombstoneSeconds * 1000);
}
