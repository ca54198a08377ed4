import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Failure } from './ask.ts';
import { keepToken } from './token.ts';

/** Something is on its way. */
export function Loading({ what }: { what: string }) {
  return (
    <p class="state" role="status">
      <span class="spinner" aria-hidden="true" /> Loading {what} …
    </p>
  );
}

/** There is nothing to show yet, and that is as it should be. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="state">{children}</p>;
}

/** Something went wrong, and what helps. */
export function Problem({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="notice bad" role="alert">
      <strong>{title}</strong>
      <div>{children}</div>
    </div>
  );
}

/** Asks for the token where the address did not bring it. @param onToken told once there is one to try */
export function TokenForm({ where, onToken }: { where: ComponentChildren; onToken: () => void }) {
  const [text, setText] = useState('');
  return (
    <form
      class="card token-form"
      onSubmit={(event) => {
        event.preventDefault();
        keepToken(text);
        onToken();
      }}
    >
      <h2>This page needs its token</h2>
      <p>{where}</p>
      <label>
        Token
        <input
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={text.trim() === ''}>
        Open
      </button>
    </form>
  );
}

const FAILURE: Readonly<Record<Failure, string>> = {
  unauthorised: 'What answers here does not know this token.',
  unreachable: 'Nothing answers at this address. Start it again; this page tries by itself.',
  unavailable: 'There is no answer now. This page tries again by itself.',
  missing: 'There is no such thing here.',
  refused: 'The server did not answer as it should.',
};

/** Why a question was not answered. */
export function Failed({ failure, message }: { failure: Failure; message: string }) {
  return <Problem title={FAILURE[failure]}>{message}</Problem>;
}
