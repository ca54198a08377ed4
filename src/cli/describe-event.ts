/** An event as a line for people: its name, then its values. */
export function describeEvent(event: { readonly event: string }): string {
  const { event: name, ...values } = event;
  const parts = Object.entries(values).map(
    ([key, value]: [string, unknown]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [name, ...parts].join(' ');
}
