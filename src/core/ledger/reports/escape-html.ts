import { plain } from '../../approval/display.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for an element or a quoted attribute of a page: only text, whatever it is. What could mislead is made visible. */
export function escapeHtml(text: string): string {
  return text.split('…').map(plain).join('…').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
