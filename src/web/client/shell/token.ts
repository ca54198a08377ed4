const KEY = 'consilium-token';

/** Moves a token from the address (`#token=…`) into this tab's memory, so that it is not left in the history or in a screenshot. */
export function takeToken(): void {
  const match = /^#token=([^&]+)$/.exec(location.hash);
  if (match?.[1] === undefined) return;
  sessionStorage.setItem(KEY, match[1]);
  history.replaceState(null, '', location.pathname);
}

export const readToken = (): string | null => sessionStorage.getItem(KEY);

export const keepToken = (token: string): void => sessionStorage.setItem(KEY, token.trim());
