import type { Warning } from '../../../peer/member-view.ts';

/** What is wrong or worth a look, and what helps; nothing where all is well. */
export function Warnings({ warnings }: { warnings: readonly Warning[] }) {
  if (warnings.length === 0) return null;
  return (
    <section aria-label="Warnings" class="warnings">
      {warnings.map(({ code, severity, remedy }) => (
        <div
          key={code}
          class={`notice ${severity === 'bad' ? 'bad' : 'warn'}`}
          role={severity === 'bad' ? 'alert' : 'note'}
        >
          <strong>{severity === 'bad' ? 'Needs you' : 'Worth knowing'}</strong> <code>{code}</code>
          <div>
            <bdi>{capital(remedy)}</bdi>.
          </div>
        </div>
      ))}
    </section>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
