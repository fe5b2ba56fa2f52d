import type { PipelineStage } from 'mongoose';
import { tombstoneSeconds, type AttemptOutcome, type Shown } from '../totp/enrolment.ts';
import { failuresPerPause, maxFailures, maxWrongCodes, pauseMsAfter } from '../totp/throttle.ts';

type Pipeline = PipelineStage.Set[];

/** Enrolments from before there were revisions have none. */
const nextRevision = { $add: [{ $ifNull: ['$revision', 0] }, 1] };
const pausesMs = Array.from({ length: maxFailures / failuresPerPause }, (_, index) => pauseMsAfter((index + 1) * failuresPerPause));

/**
 * Decides an attempt. The first stage says what becomes of it, by the document as it is before; the others do that.
 * `now` is passed in: the database's clock is not asked.
 */
export function attemptPipeline(kind: Shown['kind'], shown: Shown | undefined, now: Date): Pipeline {
  return [
    { $set: { lastOutcome: outcomeOf(kind, shown, now) } },
    {
      $set: {
        failures: when('rejected', { $add: ['$failures', 1] }, when('accepted', 0, '$failures')),
        wrongCodes: when('rejected', { $add: ['$wrongCodes', 1] }, '$wrongCodes'),
        revision: nextRevision,
        stray: when('accepted', null, '$stray'),
        ...(shown && usedUp(shown, now)),
      },
    },
    { $set: { pausedUntil: when('rejected', pauseAfterFailures(now), '$pausedUntil'), endedAt: endedByFailures(now) } },
    ...withoutSecretsOnceEnded(now),
  ];
}

/** Ends it, unless it has ended. */
export function endPipeline(now: Date): Pipeline {
  return [{ $set: { endedAt: { $ifNull: ['$endedAt', now] }, revision: nextRevision } }, ...withoutSecretsOnceEnded(now)];
}

/** Ended, not what it was tried for, paused; and only if none of these, right or wrong. */
function outcomeOf(kind: Shown['kind'], shown: Shown | undefined, now: Date): object {
  const confirmed = { $ne: ['$confirmedAt', null] };
  const pending = { $and: [{ $eq: ['$confirmedAt', null] }, { $gt: ['$pendingUntil', now] }] };
  const over = { $or: [{ $ne: ['$endedAt', null] }, { $and: [confirmed, { $lte: ['$endsAt', now] }] }] };
  const outcome = (name: AttemptOutcome): AttemptOutcome => name;
  const compared = shown ? { $cond: [usable(shown), outcome('accepted'), outcome('rejected')] } : outcome('rejected');
  const unlessPaused = { $cond: [{ $gt: ['$pausedUntil', now] }, outcome('paused'), compared] };
  const unlessUnknown = { $cond: [kind === 'confirm' ? pending : confirmed, unlessPaused, outcome('unknown')] };
  return { $cond: [over, outcome('ended'), unlessUnknown] };
}

function usable(shown: Shown): object {
  if (shown.kind === 'recover') return { $in: [{ $literal: shown.digest }, '$recoveryDigests'] };
  // RFC 6238 §5.2: a step accepted once is not accepted again, nor is an earlier one.
  return { $and: [{ $gt: [shown.step, '$lastStep'] }, { $not: [{ $in: [shown.step, '$burntSteps'] }] }] };
}

/** What an accepted attempt changes, besides clearing the count. */
function usedUp(shown: Shown, now: Date): Record<string, object> {
  if (shown.kind === 'recover') {
    const others = { $filter: { input: '$recoveryDigests', cond: { $ne: ['$$this', { $literal: shown.digest }] } } };
    return { recoveryDigests: when('accepted', others, '$recoveryDigests') };
  }
  const lastStep = when('accepted', shown.step, '$lastStep');
  if (shown.kind === 'verify') return { lastStep };
  return {
    lastStep,
    confirmedAt: when('accepted', now, '$confirmedAt'),
    endsAt: when('accepted', shown.endsAt, '$endsAt'),
    purgeAt: when('accepted', tombstoneEnd(shown.endsAt), '$purgeAt'),
    recoveryDigests: when('accepted', { $literal: shown.recoveryDigests }, '$recoveryDigests'),
  };
}

function when(outcome: AttemptOutcome, value: unknown, otherwise: unknown): object {
  return { $cond: [{ $eq: ['$lastOutcome', outcome] }, value, otherwise] };
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
