import { ConsiliumError } from '../base/errors.ts';

/** Why a recorded round cannot be trained again. */
export type ReproductionObstacle =
  /** Noise is drawn from the system's randomness and kept nowhere. */
  | 'privacy'
  /** The record names an engine that does not give the same bits again. */
  | 'engine'
  /** The same engine in another version came to something else, which proves nothing. */
  | 'engine-version'
  | 'not-recorded'
  | 'base-gone'
  | 'metrics-gone'
  /** Key, seed or password of the member are gone: erased, perhaps. */
  | 'secrets-gone'
  | 'seed-differs'
  | 'data-gone'
  /** The data are not those that the member committed to when it joined. */
  | 'data-differs';

/** Ends an attempt to reproduce a round; never leaves `reproduce-round.ts`, which returns it as an outcome. */
export class NotReproducible extends ConsiliumError<'peer/not-reproducible'> {
  readonly obstacle: ReproductionObstacle;

  constructor(obstacle: ReproductionObstacle, message: string) {
    super('peer/not-reproducible', message, { details: { obstacle } });
    this.obstacle = obstacle;
  }
}
