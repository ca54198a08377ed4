import { createSignatureBatch, type SignatureQuestion } from '../protocol/signature-batch.ts';

/** Large enough to share the work, small enough to hold. */
const BATCH = 256;

/** Collects signatures to be checked together. */
export interface SignatureQueue {
  /** @param onWrong told, at the latest at the end, if the signature is not that of the account */
  add(question: SignatureQuestion, onWrong: () => void): void;
  /** Checks what is left. @returns the number of signatures that were checked in all */
  end(): number;
}

export function createSignatureQueue(): SignatureQueue {
  const batch = createSignatureBatch();
  let waiting: { question: SignatureQuestion; onWrong: () => void }[] = [];
  let count = 0;
  const flush = (): void => {
    const answers = batch.check(waiting.map(({ question }) => question));
    for (const [i, { onWrong }] of waiting.entries()) if (answers[i] !== true) onWrong();
    count += waiting.length;
    waiting = [];
  };
  return {
    add: (question, onWrong) => {
      waiting.push({ question, onWrong });
      if (waiting.length >= BATCH) flush();
    },
    end: () => {
      flush();
      return count;
    },
  };
}
