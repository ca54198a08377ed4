import { bytes } from '../shell/format.ts';
import { Problem } from '../shell/states.tsx';

/** What was dropped is something else. */
export function WrongFile({ file, reason }: { readonly file: File; readonly reason: string }) {
  return (
    <Problem title="This is neither an evidence bundle nor a segment proof">
      <p>
        <bdi>{file.name}</bdi>, {bytes(file.size)}: {reason}.
      </p>
      <p>
        A bundle is what <code>consilium evidence</code> wrote, a proof what <code>consilium audit prove</code> wrote.
        If it is one, it was damaged on its way: get it again from whoever exported it.
      </p>
    </Problem>
  );
}

/** The verifier did not get to an answer: nothing is known of the file. */
export function VerifierFailed({ reason }: { readonly reason: string }) {
  return (
    <Problem title="The file could not be verified here">
      <p>{reason}.</p>
      <p>
        Nothing is said of the file by that. <code>consilium audit verify &lt;bundle&gt;</code> does the same, and more,
        without a browser.
      </p>
    </Problem>
  );
}

/** Nothing can be verified here: better said before a file is looked for. */
export function NoWorkers() {
  return (
    <Problem title="This browser cannot verify">
      <p>
        Verification needs web workers, and this browser has none, or they are switched off. Use a current browser, or{' '}
        <code>consilium audit verify &lt;bundle&gt;</code>, which does the same, and more, without one.
      </p>
    </Problem>
  );
}
