import { ConsiliumError } from '../base/errors.ts';

/** What keeps a server from serving. */
export class HttpError extends ConsiliumError<'http/port-in-use'> {}
