import type { PipelineStage } from 'mongoose';
import { tombstoneSeconds, type Attempt, type AttemptOutcome } from '../totp/enrolment.ts';
import { failuresPerPause, maxFailures, maxWrongCodes, pauseMsAfter } from '../totp/throttle.ts';

type Update = PipelineStage.Set[];

const pausesMs = Array.from({ length: maxFailures / failuresPerPause }, (_, index) => pauseMsAfter((index + 1) * failuresPerPause));

/**
 * One attempt as one update: the first stage says what becomes of it, by the document as it is before, the others do
 * that. `now` is passed in: the database's clock is not asked.
 */
export function attemptPipeline(attempt: Attempt, now: Date): Update {
  return [
    { $set: { lastOutcome: outcomeOf(attempt, now) } },
    {
      $set: {
        failures: byOutcome({ accepted: 0, rejected: { $add: ['$failures', 1] } }, '$failures'),
        wrongCodes: byOutcome({ rejected: { $add: ['$wrongCodes', 1] } }, '$wrongCodes'),
        stray: byOutcome({ accepted: null }, '$stray'),
        ...changesWhenAccepted(attempt, now),
      },
    },
    { $set: { pausedUntil: byOutcome({ rejected: pauseAfterFailures(now) }, '$pausedUntil'), endedAt: endedByFailures(now) } },
    ...withoutSecretsOnceEnded(now),
  ];
}

/** Ends it, unless it has ended. */
export function endPipeline(now: Date): Update {
  return [{ $set: { endedAt: { $ifNull: ['$endedAt', now] } } }, ...withoutSecretsOnceEnded(now)];
}

/** Ended, unconfirmed, paused, and only then right or wrong: what is not compared tells nothing of the code. */
function outcomeOf(attempt: Attempt, now: Date): unknown {
  const confirmed = { $ne: ['$confirmedAt', null] };
  const pending = { $and: [{ $eq: ['$confirmedAt', null] }, { $gt: ['$pendingUntil', now] }] };
  const over = { $or: [{ $ne: ['$endedAt', null] }, { $and: [confirmed, { $lte: ['$endsAt', now] }] }] };
  return choose(
    [
      [over, 'ended'],
      [{ $not: [attempt.kind === 'confirm' ? pending : confirmed] }, 'unknown'],
      [{ $gt: ['$pausedUntil', now] }, 'paused'],
      [isRight(attempt), 'accepted'],
    ],
    'rejected',
  );
}

/** RFC 6238 §5.2: a step accepted once is not accepted again, nor is an earlier one. */
function isRight(attempt: Attempt): object | false {
  if (attempt.kind === 'recover') {
    return attempt.digest === undefined ? false : { $in: [{ $literal: attempt.digest }, '$recoveryDigests'] };
  }
  if (attempt.step === undefined) return false;
  return { $and: [{ $gt: [attempt.step, '$lastStep'] }, { $not: [{ $in: [attempt.step, '$burntSteps'] }] }] };
}

function changesWhenAccepted(attempt: Attempt, now: Date): object {
  const accepted = (value: unknown, otherwise: string): unknown => byOutcome({ accepted: value }, otherwise);
  switch (attempt.kind) {
    case 'confirm':
      return {
        lastStep: accepted(attempt.step, '$lastStep'),
        confirmedAt: accepted(now, '$confirmedAt'),
        endsAt: accepted(attempt.endsAt, '$endsAt'),
        purgeAt: accepted(tombstoneEnd(attempt.endsAt), '$purgeAt'),
        recoveryDigests: accepted({ $literal: attempt.recoveryDigests }, '$recoveryDigests'),
      };
    case 'verify':
      return { lastStep: accepted(attempt.step, '$lastStep') };
    case 'recover':
      return { recoveryDigests: accepted({ $setDifference: ['$recoveryDigests', [{ $literal: attempt.digest }]] }, '$recoveryDigests') };
  }
}

/** After the failures have been counted. */
function pauseAfterFailures(now: Date): object {
  const every = { $mod: ['$failures', failuresPerPause] };
  const position = { $subtract: [{ $toInt: { $divide: ['$failures', failuresPerPause] } }, 1] };
  const pauseMs = { $arrayElemAt: [pausesMs, position] };
  return { $cond: [{ $eq: [every, 0] }, { $add: [now, pauseMs] }, '$pausedUntil'] };
}

function endedByFailures(now: Date): object {
  const tooMany = { $or: [{ $gte: ['$failures', maxFailures] }, { $gte: ['$wrongCodes', maxWrongCodes] }] };
  return { $cond: [{ $and: [{ $eq: ['$endedAt', null] }, tooMany] }, now, '$endedAt'] };
}

function withoutSecretsOnceEnded(now: Date): Update {
  const ended = { $ne: ['$endedAt', null] };
  const kept = (field: string, otherwise: unknown): object => ({ $cond: [ended, otherwise, field] });
  return [
    {
      $set: {
        sealed: kept('$sealed', '$$REMOVE'),
        sealedWith: kept('$sealedWith', '$$REMOVE'),
        recoveryDigests: kept('$recoveryDigests', []),
        purgeAt: kept('$purgeAt', { $min: ['$purgeAt', tombstoneEnd(now)] }),
      },
    },
  ];
}

function tombstoneEnd(endedAt: Date): Date {
  return new Date(endedAt.getTime() + tombstoneSeconds * 1000);
}

function byOutcome(values: Partial<Record<AttemptOutcome, unknown>>, otherwise: unknown): unknown {
  const branches = Object.entries(values).map(([outcome, value]): Branch => [{ $eq: ['$lastOutcome', outcome] }, value]);
  return choose(branches, otherwise);
}

type Branch = [condition: object | boolean, value: unknown];

/** The value of the first condition that holds. */
function choose(branches: readonly Branch[], otherwise: unknown): unknown {
  return branches.reduceRight((rest, [condition, value]) => ({ $cond: [condition, value, rest] }), otherwise);
}
