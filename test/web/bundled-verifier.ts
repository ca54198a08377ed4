import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { bundleWorker } from '../../scripts/web/browser-bundle.ts';
import type { VerifierAnswer, VerifierQuestion } from '../../src/web/client/verify/verifier-message.ts';

const ENTRY = fileURLToPath(new URL('../../src/web/client/verify/verify-worker.ts', import.meta.url));

/** Runs a script with what a worker has in a browser, and without what only Node has. */
const asInBrowser = (script: string): string => `
  const { parentPort } = require('node:worker_threads');
  globalThis.postMessage = (data) => parentPort.postMessage(data);
  globalThis.addEventListener = (type, listen) => parentPort.on(type, (data) => listen({ data }));
  globalThis.eval = globalThis.Function = undefined;
  for (const name of ['Buffer', 'process', 'global', 'setImmediate']) delete globalThis[name];
  (function (require, module, exports, __filename, __dirname) {${script}})();
`;

export interface BundledVerifier {
  /** @returns all that it says, the outcome last */
  ask(question: VerifierQuestion): Promise<VerifierAnswer[]>;
  stop(): Promise<unknown>;
}

/** The verifier as a page runs it, from the script that the builder makes. */
export async function startBundledVerifier(): Promise<BundledVerifier> {
  const worker = new Worker(asInBrowser(await bundleWorker(ENTRY)), { eval: true });
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        const answers: VerifierAnswer[] = [];
        const listen = (answer: VerifierAnswer): void => {
          answers.push(answer);
          if (answer.kind === 'progress') return;
          worker.off('message', listen).off('error', reject);
          resolve(answers);
        };
        worker.on('message', listen).on('error', reject);
        worker.postMessage(question);
      }),
    stop: () => worker.terminate(),
  };
}
