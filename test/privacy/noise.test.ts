import { execFileSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { describe, expect, test, vi } from 'vitest';
import { createSecureRandom } from '../../src/base/secure-random.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { createDiscreteGaussian } from '../../src/privacy/discrete-gaussian.ts';
import { addGaussianNoise, noiseGrid } from '../../src/privacy/gaussian-noise.ts';
import { logErfc } from '../../src/privacy/log-erfc.ts';
import { createPrivateSteps } from '../../src/privacy/private-steps.ts';
import { privateDifference } from '../../src/privacy/private-update.ts';
import { createSeededSource } from './seeded-source.ts';

const scale = { sensitivity: 1, noiseMultiplier: 1 };

/** Distance between the samples' distribution and the normal one, and the probability of one at least as large. */
function kolmogorovSmirnov(samples: Float64Array, deviation: number): number {
  const sorted = samples.toSorted();
  const size = sorted.length;
  let distance = 0;
  for (let i = 0; i < size; i++) {
    const below = Math.exp(logErfc(-(sorted[i] as number) / (deviation * Math.SQRT2))) / 2;
    distance = Math.max(distance, Math.abs(below - i / size), Math.abs(below - (i + 1) / size));
  }
  // Kolmogorov's series; more terms matter only where p is close to 1.
  const lambda = distance * Math.sqrt(size);
  let p = 0;
  for (let k = 1; k <= 100; k++) p += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda);
  return p;
}

describe('noise', () => {
  test('makes every number that is released a multiple of the grid, a power of two', () => {
    const size = 1_000_000;
    const random = createSeededRandom('values');
    const values = Float64Array.from({ length: size }, () => random.next() - 0.5);
    const grid = noiseGrid(scale);
    expect(Math.log2(grid)).toBe(-20);
    const noisy = addGaussianNoise(values, scale, createSecureRandom());
    expect(noisy.filter((value) => Number.isInteger(value / grid)).length).toBe(size);
    // The control: without rounding they are not.
    expect(values.filter((value) => Number.isInteger(value / grid)).length).toBeLessThan(size / 1000);
  });

  // The sampler is the same for any source of uniform integers, so that fixed seeds can show its distribution.
  test('has the normal distribution of the stated deviation at 10⁶ samples, and no other', () => {
    const noise = addGaussianNoise(new Float64Array(1_000_000), scale, createSeededSource('noise'));
    expect(kolmogorovSmirnov(noise, 1)).toBeGreaterThan(0.01);
    expect(kolmogorovSmirnov(noise, 1.01)).toBeLessThan(0.01);
  });

  test('has that distribution for nine seeds of ten', () => {
    const passes = Array.from({ length: 10 }, (_, seed) => {
      const noise = addGaussianNoise(new Float64Array(50_000), scale, createSeededSource(seed));
      return kolmogorovSmirnov(noise, 1) > 0.01;
    });
    expect(passes.filter(Boolean).length).toBeGreaterThanOrEqual(9);
  });

  test('gives each integer its exact probability where they are few', () => {
    const sample = createDiscreteGaussian(1, createSeededSource('integers'));
    const draws = 200_000;
    const counts = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const value = sample();
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const weights = Array.from({ length: 21 }, (_, i) => Math.exp(-((i - 10) ** 2) / 2));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const value of [-3, -2, -1, 0, 1, 2, 3]) {
      const probability = (weights[value + 10] as number) / total;
      const error = Math.sqrt((probability * (1 - probability)) / draws);
      expect(Math.abs((counts.get(value) ?? 0) / draws - probability)).toBeLessThan(4 * error);
    }
  });

  test('never comes twice: not from another source, process or thread, and 10⁴ starts draw 10⁴ different blocks', async () => {
    const blocks = new Set<string>();
    for (let start = 0; start < 10_000; start++) {
      const random = createSecureRandom();
      blocks.add(`${random.integer(2 ** 53)}/${random.integer(2 ** 53)}`);
    }
    const module = new URL('../../src/base/secure-random.ts', import.meta.url).href;
    const draw = `const { createSecureRandom } = await import(${JSON.stringify(module)});
      const random = createSecureRandom();
      const block = random.integer(2 ** 53) + '/' + random.integer(2 ** 53);`;
    for (let i = 0; i < 4; i++) {
      const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', `${draw} console.log(block)`];
      blocks.add(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim());
      blocks.add(await inWorker(`${draw} (await import('node:worker_threads')).parentPort.postMessage(block);`));
    }
    expect(blocks.size).toBe(10_008);
  });

  test('comes from the operating system alone', () => {
    const trap = vi.spyOn(Math, 'random').mockImplementation(() => {
      throw new Error('Math.random was called');
    });
    try {
      addGaussianNoise(new Float64Array(100), scale, createSecureRandom());
      expect(trap.getMockImplementation()).toThrow('Math.random was called');
      expect(trap).not.toHaveBeenCalled();
    } finally {
      trap.mockRestore();
    }
    let fills = 0;
    const counted = createSecureRandom((words) => {
      fills += 1;
      words.fill(7);
    });
    for (let i = 0; i < 4097; i++) counted.integer(2);
    expect(fills).toBe(2);
  });
});

async function inWorker(code: string): Promise<string> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  const block = await new Promise<string>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  return block;
}

describe('secure random integers', () => {
  test.each([1, 2, 7, 2 ** 32, 2 ** 32 + 1, 2 ** 53])('are whole, below %d and spread evenly', (bound) => {
    const random = createSecureRandom();
    const values = Array.from({ length: 4000 }, () => random.integer(bound));
    expect(values.every((value) => Number.isInteger(value) && value >= 0 && value < bound)).toBe(true);
    if (bound > 1) {
      const mean = values.reduce((sum, value) => sum + value / (bound - 1), 0) / values.length;
      // Within six standard errors of one half: fails once in 10⁹ runs.
      expect(Math.abs(mean - 0.5)).toBeLessThan((6 * 0.5) / Math.sqrt(values.length));
    }
  });
});

describe('what a round releases', () => {
  const terms = { clipNorm: 0.5, noiseMultiplier: 2, batchSize: 32, stepsPerRound: 3 };

  test('batches are drawn record by record: sizes vary, and empty ones happen', () => {
    const steps = createPrivateSteps({ ...terms, batchSize: 2 }, 100, createSeededSource('batches'));
    const sizes = Array.from({ length: 2000 }, () => steps.drawBatch().length);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(1.8);
    expect(mean).toBeLessThan(2.2);
    expect(new Set(sizes).size).toBeGreaterThan(5);
    expect(sizes).toContain(0);
  });

  test('a member with fewer records than a batch takes all of them', () => {
    const steps = createPrivateSteps(terms, 10, createSeededSource('few'));
    expect(steps.drawBatch()).toHaveLength(10);
    expect(steps.expectedBatch).toBe(10);
  });

  test('an update is clipped before the noise, and comes out on the grid', () => {
    const base = new Float32Array(10_000);
    const trained = base.map((_, i) => (i === 0 ? 100 : 0));
    const member = { clipNorm: 0.5, noiseMultiplier: 0.01 };
    const noisy = privateDifference(base, trained, member, createSeededSource('update'));
    expect(Math.abs((noisy[0] as number) - 0.5)).toBeLessThan(0.05);
    const grid = noiseGrid({ sensitivity: 0.5, noiseMultiplier: 0.01 });
    expect(noisy.every((value) => Number.isInteger(value / grid))).toBe(true);
    const spread = Math.sqrt(noisy.subarray(1).reduce((sum, value) => sum + value * value, 0) / 9999);
    expect(spread / 0.005).toBeGreaterThan(0.97);
    expect(spread / 0.005).toBeLessThan(1.03);
  });
});
