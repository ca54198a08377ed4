import type { ComponentChildren } from 'preact';
import { ThemeSwitch } from './theme.tsx';

export interface FrameProps {
  readonly title: string;
  /** What stands beside the title, for instance the connection's state. */
  readonly aside?: ComponentChildren;
  readonly navigation?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The page around everything: skip link, head, navigation, main part. */
export function Frame({ title, aside, navigation, children }: FrameProps) {
  return (
    <>
      <a class="skip" href="#main" onClick={focusMain}>
        To the content
      </a>
      <header class="page-head">
        <span class="mark" aria-hidden="true" />
        <h1>{title}</h1>
        <div class="head-aside">
          {aside}
          <ThemeSwitch />
        </div>
        {navigation}
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

/** The fragment belongs to the page's own addresses, so the link moves the focus instead. */
function focusMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

export interface SectionProps {
  readonly id: string;
  readonly title: string;
  /** A sentence or two on how to read it. */
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ id, title, note, children }: SectionProps) {
  return (
    <section id={id} class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {note === undefined ? null : <p class="note">{note}</p>}
      {children}
    </section>
  );
}
