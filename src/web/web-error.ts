import { ConsiliumError } from '../base/errors.ts';

/** What keeps a page from being served. */
export class WebError extends ConsiliumError<'web/not-built'> {}
