import './no-eval.ts';
import type { VerifierAnswer, VerifierQuestion } from './verifier-message.ts';
import { verifyFile } from './verify-file.ts';

const BETWEEN_PROGRESS_MILLISECONDS = 100;

const tell = (answer: VerifierAnswer): void => postMessage(answer);

let toldAt = Number.NEGATIVE_INFINITY;
addEventListener('message', ({ data }: MessageEvent<VerifierQuestion>) => {
  void verifyFile(data, (step, done, total) => {
    const now = performance.now();
    if (done < total && now - toldAt < BETWEEN_PROGRESS_MILLISECONDS) return;
    toldAt = now;
    tell({ kind: 'progress', step, done, total });
  }).then(tell);
});
