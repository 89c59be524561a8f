/** Texts that grow without end, to see that reading them does not take more than its share. */
export interface Hostile {
  readonly name: string;
  /** A text of about the given number of pieces. */
  readonly make: (count: number) => string;
}

const hostile = (name: string, make: (count: number) => string): Hostile => ({ name, make });

export const HOSTILE: readonly Hostile[] = [
  hostile('unclosed substitutions', (count) => '$('.repeat(count)),
  hostile('unclosed quoted substitutions', (count) => '"$('.repeat(count)),
  hostile('closed substitutions', (count) => `${'$('.repeat(count)}ls${')'.repeat(count)}`),
  hostile('back quotes', (count) => '`'.repeat(count)),
  hostile('unclosed braces', (count) => '{'.repeat(count)),
  hostile('subshells', (count) => `${'('.repeat(count)}ls${')'.repeat(count)}`),
  hostile('many commands', (count) => 'a;'.repeat(count)),
  hostile('many destructive commands', (count) => Array.from({ length: count }, (_, i) => `rm -rf /srv/${i}`).join('\n')),
  hostile('a long pipeline', (count) => 'cat |'.repeat(count)),
  hostile('many words', (count) => `rm ${'a '.repeat(count)}`),
  hostile('brace expansions', (count) => `echo ${'{a,b}'.repeat(count)}`),
  hostile('a variable that doubles itself', (count) => `x=a;${'x=$x$x;'.repeat(count)}rm -rf $x`),
  hostile('functions that call two of the next', (count) => `${Array.from({ length: count }, (_, i) => `f${i}() { f${i + 1}; f${i + 1}; }`).join('; ')}; f0`),
  hostile('aliases of aliases', (count) => `${Array.from({ length: count }, (_, i) => `alias a${i}='a${i + 1}; a${i + 1}'`).join('\n')}\na0`),
  hostile('loops in loops', (count) => `${'for i in 1 2 3 4 5 6 7 8; do '.repeat(count)}ls${'; done'.repeat(count)}`),
  hostile('evals in evals', (count) => `${'eval '.repeat(count)}ls`),
  hostile('wrappers', (count) => `${'sudo '.repeat(count)}ls`),
  hostile('here-documents', (count) => Array.from({ length: count }, (_, i) => `cat <<E${i}\nx\nE${i}`).join('\n')),
  hostile('assignments', (count) => Array.from({ length: count }, (_, i) => `A${i}=$A${i - 1}x`).join(' ')),
  hostile('exports', (count) => Array.from({ length: count }, (_, i) => `export A${i}=1; ls`).join('\n')),
  hostile('cases', (count) => `case x in ${'a) ls;; '.repeat(count)} esac`),
  hostile('redirections', (count) => `ls ${'> a '.repeat(count)}`),
  hostile('quotes', (count) => `'"`.repeat(count)),
  hostile('backslashes', (count) => '\\'.repeat(count)),
  hostile('SQL statements', (count) => `psql -c "${'DROP TABLE t; '.repeat(count)}"`),
  hostile('SQL comments', (count) => `psql -c "${'/*'.repeat(count)}"`),
  hostile('inline code', (count) => `python3 -c '${'os.system("a");'.repeat(count)}'`),
  hostile('code in brackets', (count) => `node -e '${'f('.repeat(count)}'`),
  hostile('git settings', (count) => `git ${'-c a.b=c '.repeat(count)}push -f`),
  hostile('find actions', (count) => `find . ${'-exec ls {} ; '.repeat(count)}`),
  hostile('xargs in xargs', (count) => `echo a | ${'xargs '.repeat(count)}rm -rf`),
  hostile('dots in a path', (count) => `rm -rf ${'../'.repeat(count)}`),
  hostile('globs in a path', (count) => `rm -rf ${'*/'.repeat(count)}`),
];
