import { type ComponentChild, render } from 'preact';

/** Puts the page in its place. */
export function mount(page: ComponentChild): void {
  const place = document.getElementById('page');
  if (place !== null) render(page, place);
}
