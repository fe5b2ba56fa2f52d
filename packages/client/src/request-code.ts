import { withDeadline } from './deadline.ts';
import { DaypassError, type Puzzle } from './problem.ts';
import { prove } from './prove.ts';
import { defaultTimeoutMs, type CallOptions, type Send } from './send.ts';
import type { CodeRequest, Ticket } from './types.ts';

/** A puzzle may run out, or its solution, while it is on the way. */
const mostProofs = 2;

export interface RequestOptions extends CallOptions {
  /**
   * Told when a puzzle has to be solved first, which takes a second or so, and then again and again how far
   * that is, from 0 to 1: a guess, since nobody knows how many tries it takes.
   */
  onProof?: ((progress: number) => void) | undefined;
}

export function createRequestCode(
  send: Send,
  options: { site: string; secret: string | undefined },
): (request: CodeRequest, options?: RequestOptions) => Promise<Ticket> {
  const { site, secret } = options;
  const signIn = secret === undefined ? {} : { authorization: `Basic ${btoa(`${site}:${secret}`)}` };

  return async (request, { onProof, signal: outer, timeoutMs = 3 * defaultTimeoutMs } = {}) => {
    const { signal, clear } = withDeadline(timeoutMs, outer);
    // With it, what is sent again because an answer was lost is the same request, and costs nothing.
    const ask = async (proof?: string) => {
      const headers = { ...signIn, 'idempotency-key': randomName() };
      const body = { ...request, site, ...(proof !== undefined && { proof }) };
      return (await send({ method: 'POST', path: '/v1/codes', body, headers, repeatable: true, signal })).body as Ticket;
    };
    try {
      let proof: string | undefined;
      for (let proofs = 0; ; proofs += 1) {
        try {
          return await ask(proof);
        } catch (error) {
          const puzzle = puzzleIn(error);
          if (!puzzle) throw error;
          if (proofs === mostProofs) throw new DaypassError('proof_failed', 'The proofs were not taken', { cause: error });
          onProof?.(0);
          proof = await prove(puzzle, signal, onProof);
        }
      }
    } finally {
      clear();
    }
  };
}

function puzzleIn(error: unknown): Puzzle | undefined {
  return error instanceof DaypassError && error.code === 'proof_required' ? error.problem?.proof : undefined;
}

function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
