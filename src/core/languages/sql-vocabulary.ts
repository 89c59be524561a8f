import type { Word } from './sql-words-condition.js';

/** Verbs that only look, or that only steer: what they lead to stands in statements of its own. */
const LOOKS = new Set(
  `SELECT SHOW DESC DESCRIBE EXPLAIN USE SET BEGIN COMMIT ROLLBACK START END SAVEPOINT RELEASE ABORT PRAGMA VALUES TABLE FETCH DECLARE CLOSE OPEN
   LISTEN UNLISTEN NOTIFY DEALLOCATE DISCARD RESET CHECKPOINT ANALYZE ANALYSE VACUUM DETACH HELP HANDLER UNLOCK CHECK CHECKSUM PRINT GO RAISE RAISERROR
   RETURN WITH FROM SUMMARIZE EXPORT LIST WAITFOR BACKUP NULL EXCEPTION WHEN CASE ELSE ELSIF ELSEIF LOOP FOR PERFORM GET SIGNAL LEAVE ITERATE CONTINUE
   ASSERT DBCC CONNECT DISCONNECT WHENEVER PROMPT SPOOL EXIT QUIT ECHO COLUMN UPDATE DELETE MERGE IF WHILE REPEAT XA CACHE CLEAR WORK TRANSACTION TRAN
   THROW TRY CATCH STATUS LABEL MOVE SECURITY CONSTRAINTS DROP ISOLATION READ DEFERRED IMMEDIATE EXCLUSIVE`.split(/\s+/),
);

/** Whether a verb is one that we know not to change anything by itself. */
export function isLook(verb: string): boolean {
  return LOOKS.has(verb);
}

const BEFORE_NAMES = /^(?:IF|NOT|EXISTS|TABLE|ONLY|CONCURRENTLY|BY|VIEW|ALL|IN)$/;
const NAME = /^(?:"|[A-Z_@#\u0080-\uffff])/;
const NO_NAME = /^(?:CASCADE|RESTRICT|ON|WHERE|SET|USING|FROM|RETURNING|JOIN|INNER|LEFT|WITH|ADD|DROP|ALTER|RENAME|OWNER|AS|RESTART|CONTINUE|PURGE|FORCE)$/;
const MOST_NAMES = 20;

/** The names of a list such as `IF EXISTS payments.orders, "Old" CASCADE`. */
export function namesIn(words: readonly Word[]): readonly string[] {
  const names: string[] = [];
  let index = 0;
  while (BEFORE_NAMES.test(words[index]?.token ?? '')) index += 1;
  while (index < words.length && names.length < MOST_NAMES) {
    const { token = '', text = '' } = words[index] ?? {};
    if (!NAME.test(token) || NO_NAME.test(token)) break;
    const parts = [text];
    index += 1;
    while (words[index]?.token === '.' && words[index + 1]) {
      parts.push(words[index + 1]?.text ?? '');
      index += 2;
    }
    names.push(parts.join('.'));
    if (words[index]?.token !== ',') break;
    index += 1;
  }
  return names;
}
