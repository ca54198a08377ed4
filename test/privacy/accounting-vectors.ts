/**
 * ε of Poisson-subsampled Gaussian steps, add/remove adjacency, computed with google/differential-privacy's dp-accounting
 * (156 Rényi orders; loss distributions on a grid of 10⁻⁴): [σ, q, steps, δ, ε by Rényi, ε by loss distribution]. Where there
 * is no sampling, the latter is the analytic Gaussian mechanism's (Balle and Wang, 2018).
 */
export const accountingVectors: readonly (readonly [number, number, number, number, number | null, number])[] = [
  [1, 1, 1, 1e-5, 4.728507, 4.377178],
  [2, 1, 1, 1e-5, null, 1.993091],
  [3, 1, 1, 1e-5, null, 1.271088],
  [0.5, 1, 1, 1e-5, null, 9.997256],
  [4.530877117, 1, 1, 1e-6, 1, 0.927392],
  [10, 1, 100, 1e-5, 4.728507, 4.377178],
  [6, 1, 50, 1e-6, 6.294407, 5.897298],
  [4, 1, 20, 1e-5, null, 4.983306407],
  [8, 1, 50, 1e-5, null, 3.796535729],
  [1.5, 0.04, 2250, 1e-5, 7.329335, 6.768787],
  [1.5, 0.04, 2249, 1e-5, 7.327501, 6.767051],
  [1, 0.01, 1000, 1e-5, 2.101367, 1.828244],
  [0.8, 0.01, 1000, 1e-5, 3.695613, 3.141018],
  [0.8, 0.005, 1000, 1e-6, 2.626538, 2.004112],
  [1.1, 256 / 60_000, 14_063, 1e-5, 2.596656, 2.381779],
  [1.3, 250 / 60_000, 3600, 1e-5, 0.9422, 0.85303],
  [2, 0.01, 10_000, 1e-5, 2.352913, 2.162774],
  [4, 0.01, 10_000, 1e-5, 1.03549, 0.946999],
  [1, 0.001, 10_000, 1e-6, 0.979542, 0.555392],
  [1, 0.1, 100, 1e-5, 7.90385, 7.046603],
  [2, 0.1, 100, 1e-5, 2.580571, 2.3374],
  [1.5, 0.05, 200, 1e-5, 2.60262, 2.348554],
  [3, 0.25, 200, 1e-5, 6.099194, 5.620799],
  [0.5, 0.02, 500, 1e-5, 20.193846, 17.570725],
  [1.2, 0.2, 1, 0.08, 0.198334, 0],
  [1, 0, 100, 1e-5, 0, 0],
  // Members of real data sets: PneumoniaMNIST by 8 and pooled, BreastMNIST, BloodMNIST by 16, digits by 16.
  [1, 0.05442176870748299, 500, 1e-4, 7.990664, 7.141692],
  [1, 0.013593882752761258, 1000, 1e-5, 2.866307, 2.552666],
  [2, 0.05860805860805861, 300, 1e-4, 2.175699, 1.945754],
  [1, 0.0428380187416332, 500, 1e-4, 6.111831, 5.427022],
  [1.5, 0.17777777777777778, 750, 1e-3, 18.670666, 16.833963],
];

/** Orders and Rényi divergences of 50 steps with q = 0.01, σ = 2.5; of the same source. */
export const divergenceVectors: readonly (readonly [number, number])[] = [
  [1.5, 0.000670579740668356],
  [2.5, 0.0010854871043885562],
  [5, 0.0021807565623080077],
  [50, 0.023846037538707728],
  [100, 167.41630754841827],
];

/** ε, δ and the σ of the analytic Gaussian mechanism. */
export const analyticGaussianVectors: readonly (readonly [number, number, number])[] = [
  [1, 1e-5, 3.7306316348159374],
  [0.5, 1e-5, 7.0318266755825],
  [2, 1e-6, 2.2304762711864172],
  [8, 1e-5, 0.6002290721989517],
];
