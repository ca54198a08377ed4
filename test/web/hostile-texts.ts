import type { Page } from 'playwright-core';
import type { Reply, Route } from '../../src/http/route.ts';

/** What a member, an admin or a lying node could put where a text goes. */
export const HOSTILE_TEXTS = {
  script: '"><script>document.title=1</script><img src=x onerror="document.title=1"><svg/onload=document.title=1>',
  attribute: '\' onfocus="document.title=1" autofocus tabindex=1 style="position:fixed;inset:0" x="',
  address: 'javascript:document.title=1',
  template: '${document.title=1}{{document.title=1}}<%= 1 %>%3Cscript%3E&lt;b&gt;',
  turned: '\u202Egpj.exe\u2066\u2067 hospital \u200F\u061C',
  invisible: '\u200B\u2060\uFEFF\u00AD\u0000\u0007\u001B[31mred\u2028\u2029\r\n',
  stacked: `${'e\u0301\u0323\u20DD'.repeat(60)} \u{1F3E5}\uD800`,
  endless: 'x'.repeat(10_000),
  words: 'a hospital with a long name '.repeat(360),
  property: '__proto__',
} as const;

/** Fields whose text is anybody's; all others are digests, accounts and words of ours, which are checked before they get here. */
const FREE = new Set(['title', 'name', 'message', 'reason', 'remedy', 'engine', 'seed', 'dataset', 'command']);

/** The same data with another text in every field whose text is anybody's. */
export function withTexts<T>(data: T, text: string): T {
  return JSON.parse(JSON.stringify(data), (key, value: unknown) =>
    typeof value === 'string' && FREE.has(key) ? text : value,
  ) as T;
}

/** Routes whose JSON has that text in such fields. */
export function hostileRoutes(routes: readonly Route[], text: string): Route[] {
  return routes.map((route) => ({
    ...route,
    answer: async (request) => {
      const reply = await route.answer(request);
      return 'subscribe' in reply || !reply.type.startsWith('application/json') ? reply : changed(reply, text);
    },
  }));
}

const changed = (reply: Reply, text: string): Reply => ({
  ...reply,
  body: JSON.stringify(withTexts(JSON.parse(reply.body.toString()), text)),
});

/**
 * Where a text that turns the direction of what follows could turn more than itself: what is beside it in the same line of text. Each as the
 * text of the block that it is in; empty if every such text is set apart, by an element of its own block, cell or `bdi`.
 */
export const turnedNeighbours = (page: Page): Promise<string[]> =>
  page.evaluate(`(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (!/[\\u202A-\\u202E\\u2066-\\u2069]/.test(node.data) || node.parentElement.closest('script, noscript, title')) continue;
      let element = node.parentElement;
      const isApart = (each) => {
        const { display, unicodeBidi } = getComputedStyle(each);
        return /isolate|plaintext/.test(unicodeBidi) || (display !== 'inline' && display !== 'contents');
      };
      while (!isApart(element)) element = element.parentElement;
      if (element.textContent.trim() !== node.data.trim()) found.push(element.tagName + ': ' + element.textContent.slice(0, 80));
    }
    return found;
  })()`);

/** Elements that no page of ours has, and attributes that would run something. */
export const strangeElements = (page: Page): Promise<string[]> =>
  page.evaluate(`(() => {
    const strange = [...document.querySelectorAll('body script:not([id=snapshot]):not(:last-child), body style, iframe, object, embed, base, form[action], [autofocus]')];
    const running = [...document.querySelectorAll('*')].filter(({ attributes }) =>
      [...attributes].some(({ name, value }) => /^on/.test(name) || /^\\s*javascript:/i.test(value)));
    return [...strange, ...running].map(({ outerHTML }) => outerHTML.slice(0, 120));
  })()`);
