import { clearTimeout, setTimeout } from 'node:timers';
import { MongooseError, mongo } from 'mongoose';
import { DaypassError } from '../errors.ts';

/** How long any one operation may take. */
const deadlineMs = 3_000;

/**
 * Runs one operation. That the database cannot be reached, or not in time, becomes `unavailable`; whatever else
 * goes wrong is a fault of ours and passes through.
 */
export async function reach<T>(operation: () => PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new mongo.MongoNetworkTimeoutError('no answer in time')), deadlineMs);
  });
  try {
    return await Promise.race([operation(), deadline]);
  } catch (error) {
    if (!isOutage(error)) throw error;
    throw new DaypassError('unavailable', 'the database does not answer', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Whether an insert found its id taken. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === 11_000;
}

function isOutage(error: unknown): boolean {
  return (
    error instanceof mongo.MongoNetworkError ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoOperationTimeoutError ||
    error instanceof mongo.MongoNotConnectedError ||
    error instanceof mongo.MongoTopologyClosedError ||
    // Not exported: no connection of the pool became free in time.
    (error instanceof mongo.MongoDriverError && error.name === 'MongoWaitQueueTimeoutError') ||
    // Of several writes in one command the driver says what went wrong in an error of its own.
    (error instanceof mongo.MongoBulkWriteError && isOutage(error.errorResponse)) ||
    // The driver lets a write that failed through as Node gave it: ECONNRESET, EPIPE.
    (error instanceof Error && 'syscall' in error) ||
    // Mongoose's own word for "not connected yet".
    (error instanceof MongooseError && error.message.includes('bufferCommands'))
  );
}
