import assert from 'node:assert/strict';
import { wraps } from '../../../../src/core/shell/wrapping.js';

const INNER = `kubectl --context prod delete ns 'a b'`;
const QUOTED = `'kubectl --context prod delete ns '\\''a b'\\'''`;

describe('a text that wraps another one', () => {
  for (const text of [
    INNER,
    ` ${INNER} \n`,
    `source /root/s.sh && eval ${QUOTED} \\< /dev/null && pwd -P >| /tmp/cwd`,
    `shopt -u extglob; { ${INNER}; }; __code=$?; pgrep -g 0 >/tmp/x 2>&1; exit $__code;`,
    `( ${INNER} )`,
    `eval "kubectl --context prod delete ns 'a b'"`,
  ]) {
    it(`runs it once: ${text}`, () => assert.equal(wraps(text, INNER), true));
  }

  for (const text of [
    '',
    'ls',
    `${INNER} c`,
    `X=1 ${INNER}`,
    `echo ${QUOTED}`,
    `${INNER}; ${INNER}`,
    `eval ${QUOTED}; ${INNER}`,
    `${INNER} &`,
    `{ ${INNER} & }`,
    `${INNER} | sh`,
    `eval ${QUOTED} | sh`,
    `while :; do ${INNER}; done`,
    `f() { ${INNER}; }; f; f`,
    `eval ${QUOTED} "$more"`,
    `X=1 eval ${QUOTED}`,
    `echo $(${INNER})`,
    `if ${INNER}; then ${INNER}; fi`,
    `{ ${INNER}`,
  ]) {
    it(`does more, less or something else: ${text}`, () => assert.equal(wraps(text, INNER), false));
  }

  it('knows lists as a whole', () => {
    assert.equal(wraps('{ a; b && c; }; d', 'a; b && c'), true);
    assert.equal(wraps("eval 'a; b && c'; d", 'a; b && c'), true);
    assert.equal(wraps('a; b && c; a; b && c', 'a; b && c'), false);
  });
});
