import { useEffect, useState } from 'preact/hooks';

/** Colours of a theme as a canvas takes them: the computed colours of elements that have `data-colour`, by its value. */
export function usePalette(place: { readonly current: HTMLElement | null }): Readonly<Record<string, string>> | null {
  const [palette, setPalette] = useState<Readonly<Record<string, string>> | null>(null);
  useEffect(() => {
    const read = (): void => {
      const samples = [...(place.current?.querySelectorAll<HTMLElement>('[data-colour]') ?? [])];
      setPalette(
        Object.fromEntries(samples.map((each) => [each.dataset['colour'] ?? '', getComputedStyle(each).color])),
      );
    };
    read();
    const switched = new MutationObserver(read);
    switched.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', read);
    return () => {
      switched.disconnect();
      system.removeEventListener('change', read);
    };
  }, []);
  return palette;
}
