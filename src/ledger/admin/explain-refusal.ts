import { isConsiliumError } from '../../base/errors.ts';
import { LedgerError } from '../ledger.ts';

/** What an admin can do when a contract refuses, by the name of the contract's error. */
const REMEDIES: Readonly<Record<string, string>> = {
  AccessControlUnauthorizedAccount:
    "it lacks the role for this; use the administrator's key ('status' shows who has which role)",
  AccessControlEnforcedDefaultAdminDelay: "the delay has not passed yet; 'status' shows until when it lasts",
  AccessControlInvalidDefaultAdmin: 'only the account that the administration was offered to can accept it',
  AccessControlEnforcedDefaultAdminRules: 'the administration changes hands only by transfer-admin',
  WrongStanding: "the member's standing has just changed; look with 'status' and run this again",
  StudyNotOpen: "the study has just been closed; look with 'status'",
  StudyExists: 'somebody has just opened this study; run this again',
  Succeeded: 'this ledger has a successor; open the study there',
};

/** Adds to a contract's refusal under whose key it was met, and what to do about it. */
export function explainRefusal(error: unknown, account: string): unknown {
  if (!isConsiliumError(error, 'ledger/reverted')) return error;
  const remedy = REMEDIES[String(error.details.revert)];
  if (remedy === undefined) return error;
  const message = `${error.message} with the key of ${account}: ${remedy}`;
  return new LedgerError('ledger/reverted', message, { details: { ...error.details }, cause: error });
}
