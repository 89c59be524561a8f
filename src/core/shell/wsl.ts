import { dispatch, inside } from './command.js';
import type { Call } from './command.js';
import type { Walk } from './walk.js';

const VALUES = /^(-d|--distribution|--distribution-id|-u|--user|--cd|--shell-type)$/;
const MANAGES = /^--(unregister|shutdown|terminate|list|status|install|export|import|import-in-place|mount|unmount|set-default|set-default-version|set-version|update|version|manage|help)$|^(-l|-t|-s|-v)$/;

/** `wsl rm x`, `wsl -d Ubuntu -- rm x`, `wsl -e rm x`: a program of the Linux inside. Undefined when wsl itself is meant. */
export function runWslCall(walk: Walk, call: Call): string | undefined {
  let at = 1;
  for (; at < call.words.length; at += 1) {
    const text = call.words[at]?.text ?? '';
    if (MANAGES.test(text)) return undefined;
    if (/^(--|-e|--exec|~)$/.test(text)) {
      at += text === '~' ? 0 : 1;
      if (text !== '~') break;
    } else if (VALUES.test(text)) at += 1;
    else if (!text.startsWith('-')) break;
  }
  const words = call.words.slice(at);
  if (words.length === 0) return call.stdin ? walk.text(call.stdin.text, call.scope.process(call.env, [], false), inside(call, ['wsl'])) : undefined;
  const frame = { ...call.frame, via: [...call.frame.via, 'wsl'], depth: call.frame.depth + 1 };
  return frame.depth > 24 ? undefined : dispatch(walk, { ...call, words, frame });
}
