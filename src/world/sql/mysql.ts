import { Parser } from 'node-sql-parser/build/mysql.js';
import { generalParser } from './general.js';

export const parser = generalParser(new Parser(), 'mysql');
