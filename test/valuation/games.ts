/** A game whose values are known. */
export interface KnownGame {
  readonly name: string;
  /** Its name among the shared vectors. */
  readonly key: string;
  readonly utility: (coalition: readonly number[]) => number;
  readonly shapley: readonly number[];
  readonly banzhaf: readonly number[];
  readonly leaveOneOut: readonly number[];
}

const weigh = (weights: readonly number[], coalition: readonly number[]): number =>
  coalition.reduce((sum, player) => sum + (weights[player] ?? 0), 0);

/** Players who pay for a runway as long as the largest of them needs: closed form Σ over the steps of cost ÷ who needs the step. */
export const airport =
  (costs: readonly number[]) =>
  (coalition: readonly number[]): number =>
    Math.max(0, ...coalition.map((player) => costs[player] ?? 0));

/** Accuracy of the coalitions of four clients, the last one harmful. */
const ACCURACY: Readonly<Record<string, number>> = {
  '': 0.1,
  '0': 0.62,
  '1': 0.58,
  '2': 0.55,
  '3': 0.12,
  '0,1': 0.74,
  '0,2': 0.72,
  '0,3': 0.6,
  '1,2': 0.7,
  '1,3': 0.56,
  '2,3': 0.53,
  '0,1,2': 0.8,
  '0,1,3': 0.71,
  '0,2,3': 0.69,
  '1,2,3': 0.67,
  '0,1,2,3': 0.78,
};

export const GAMES: readonly KnownGame[] = [
  {
    name: 'two left gloves, one right',
    key: 'glove_L2_R1',
    utility: (coalition) => {
      const right = coalition.includes(2) ? 1 : 0;
      return Math.min(coalition.length - right, right);
    },
    shapley: [1 / 6, 1 / 6, 2 / 3],
    banzhaf: [1 / 4, 1 / 4, 3 / 4],
    leaveOneOut: [0, 0, 1],
  },
  {
    name: 'weighted majority [6; 4, 3, 2, 1]',
    key: 'weighted_majority_[6;4,3,2,1]',
    utility: (coalition) => (weigh([4, 3, 2, 1], coalition) >= 6 ? 1 : 0),
    shapley: [5 / 12, 1 / 4, 1 / 4, 1 / 12],
    banzhaf: [5 / 8, 3 / 8, 3 / 8, 1 / 8],
    leaveOneOut: [0, 0, 0, 0],
  },
  {
    name: 'accuracy of four clients',
    key: 'fl_utility_4clients',
    utility: (coalition) => ACCURACY[coalition.join()] ?? Number.NaN,
    shapley: [0.259166666666667, 0.229166666666667, 0.204166666666667, -0.0125],
    banzhaf: [0.23125, 0.20125, 0.17625, -0.01875],
    leaveOneOut: [0.11, 0.09, 0.07, -0.02],
  },
  {
    name: 'majority voting of six',
    key: 'symmetric_voting_n6',
    utility: (coalition) => (coalition.length > 3 ? 1 : 0),
    shapley: Array.from({ length: 6 }, () => 1 / 6),
    banzhaf: Array.from({ length: 6 }, () => 10 / 32), // C(5, 3) of 2^5 coalitions are one vote short
    leaveOneOut: [0, 0, 0, 0, 0, 0],
  },
  {
    name: 'an airport runway of 1, 1, 2, 3',
    key: 'airport_1_1_2_3',
    utility: airport([1, 1, 2, 3]),
    shapley: [0.25, 0.25, 0.75, 1.75],
    banzhaf: [0.125, 0.125, 0.625, 1.625],
    leaveOneOut: [0, 0, 0, 1],
  },
];

/** A hundred players of ten classes, whose Shapley values are known in closed form. */
export const LARGE_AIRPORT = (() => {
  const sizes = [8, 12, 6, 14, 8, 9, 13, 10, 10, 10];
  const costs = sizes.flatMap((size, i) => Array.from({ length: size }, () => i + 1));
  const atLeast = (cost: number): number => costs.filter((each) => each >= cost).length;
  const shapley = costs.map((cost) =>
    Array.from({ length: cost }, (_, i) => 1 / atLeast(i + 1)).reduce((a, b) => a + b),
  );
  return { utility: airport(costs), shapley };
})();

/** The fifty states and the capital electing a president by 538 electors (Mann and Shapley 1962); values of the three largest. */
export const ELECTORS = (() => {
  const groups = [
    [45, 1],
    [41, 1],
    [27, 1],
    [26, 2],
    [25, 1],
    [21, 1],
    [17, 2],
    [14, 1],
    [13, 2],
    [12, 3],
    [11, 1],
    [10, 4],
    [9, 4],
    [8, 2],
    [7, 4],
    [6, 4],
    [5, 1],
    [4, 9],
    [3, 7],
  ] as const;
  const electors = groups.flatMap(([votes, states]) => Array.from({ length: states }, () => votes));
  const utility = (coalition: readonly number[]): number => (2 * weigh(electors, coalition) > 538 ? 1 : 0);
  return { electors, utility, largest: [0.08831, 0.07973, 0.05096] };
})();
