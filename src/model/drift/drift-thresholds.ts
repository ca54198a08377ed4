/** From where on a difference between two distributions is told, and whose bound it is. */
export const DRIFT_THRESHOLDS = {
  psi: {
    watch: 0.1,
    alert: 0.25,
    source: 'Siddiqi, Credit Risk Scorecards, 2006: from 0.1 small, from 0.25 large',
  },
  /** Of all tests of one kind together. */
  level: {
    value: 0.01,
    source:
      'level 1 %, shared out among the quantities (Bonferroni) as by Rabanser, Günnemann and Lipton, Failing Loudly, 2019; lower than their 5 %, since it is asked after each round',
  },
  mmd: {
    source:
      'Gretton et al., A Kernel Two-Sample Test, 2012: Gaussian kernel, width by the median distance, permutation test at 1 %',
  },
} as const;
