import { Parser } from 'node-sql-parser/build/sqlite.js';
import { generalParser } from './general.js';

export const parser = generalParser(new Parser(), 'sqlite');
