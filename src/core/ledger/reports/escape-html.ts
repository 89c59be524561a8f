import { plain } from '../../approval/display.js';
import { spoken, type Say, type Value } from '../../say.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for an element or a quoted attribute of a page: only text, whatever it is. What could mislead is made visible. */
export function escapeHtml(text: string): string {
  return entities(visible(text));
}

/** The same for words of ours in the reader's language: their letters stay as they are, and only what they quote is made visible. */
export function pageText(value: Value, say: Say): string {
  return typeof value === 'object' ? entities(spoken(value, say, visible)) : escapeHtml(String(value));
}

/** Words of ours that stand between the quotes of an attribute. */
export function entities(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function visible(text: string): string {
  return text.split('…').map(plain).join('…');
}
