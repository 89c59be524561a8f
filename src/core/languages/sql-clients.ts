import type { Follow } from './material.js';
export const followSql: Follow = () => undefined;
