import { epsilonByPld } from '../privacy/pld-accountant.ts';
import { epsilonByRdp } from '../privacy/rdp-accountant.ts';
import { number, required } from './command-line.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const privacyEpsilonCommand: Command = {
  spec: {
    usage: 'consilium privacy epsilon --sigma <n> --sampling-rate <n> --steps <n> --delta <n> [options]',
    summary:
      'What steps of DP-SGD cost: ε at δ by Rényi accounting and, tighter, by the privacy loss distribution. For batches drawn by Poisson\n' +
      'sampling and neighbours that differ by one record more or less.',
    options: {
      sigma: { type: 'string', value: '<n>', help: 'noise standard deviation over the clipping norm' },
      'sampling-rate': { type: 'string', value: '<n>', help: "probability of a record's being in a batch, 0 to 1" },
      steps: { type: 'string', value: '<n>', help: 'how many batches are looked at' },
      delta: { type: 'string', value: '<n>', help: 'δ; below one over the number of records' },
      json: { type: 'boolean', help: 'print JSON' },
    },
    examples: ['consilium privacy epsilon --sigma 1 --sampling-rate 0.01 --steps 1000 --delta 1e-5'],
  },
  async run(values) {
    for (const name of ['sigma', 'sampling-rate', 'steps', 'delta']) required(values, name);
    const delta = number(values, 'delta');
    const mechanism = {
      noiseMultiplier: number(values, 'sigma'),
      samplingRate: number(values, 'sampling-rate'),
      steps: number(values, 'steps'),
    };
    const spent = { epsilonRdp: epsilonByRdp([mechanism], delta), epsilonPld: epsilonByPld([mechanism], delta) };
    const plain = `epsilon ${spent.epsilonPld.toFixed(6)} by loss distribution, ${spent.epsilonRdp.toFixed(6)} by Rényi, at delta ${delta}`;
    process.stdout.write(`${values.json === true ? JSON.stringify(spent) : plain}\n`);
    return EXIT_OK;
  },
};
