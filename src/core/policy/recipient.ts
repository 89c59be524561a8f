import * as z from 'zod/mini';

/** An age recipient: the public half of the key by which somebody opens what was sealed for them (C2SP, age, "X25519 recipient stanza"). */
export const recipientSchema = z.string().check(z.regex(/^age1[02-9ac-hj-np-z]{58}$/, 'must be what "countersign seal --recipient" prints'));
