import { applyOperation } from './parameter.js';
import type { Operation } from './parameter.js';
import type { ParameterExpansionPart, SyntaxNode, SyntaxWord } from './parse.js';
import { HOLE } from './program.js';

/** Applies what stands after the name in `${name…}`; `text` folds an operand. */
export function operate(value: string | undefined, operation: NonNullable<ParameterExpansionPart['operation']>, text: (word: SyntaxWord) => string, visit: (node: SyntaxNode) => void): string {
  switch (operation.type) {
    case 'Default': {
      const operand = text(operation.operand);
      // A name nobody has set takes the default; that is also what makes `${x:-rm}` visible.
      if (operation.operator.endsWith('+')) return value === undefined || value === '' ? '' : operand;
      if (operation.operator.endsWith('?')) return value ?? HOLE;
      return value === undefined || (value === '' && operation.operator.startsWith(':')) ? operand : value;
    }
    case 'Remove':
      return change(value, { type: 'Remove', operator: operation.operator, pattern: text(operation.operand) });
    case 'Replace':
      return change(value, {
        type: 'Replace',
        operator: operation.operator,
        pattern: text(operation.pattern),
        replacement: text(operation.replacement),
      });
    case 'Slice':
      return change(value, {
        type: 'Slice',
        offset: text(operation.offset),
        length: operation.length && text(operation.length),
      });
    case 'CaseModification':
      return change(value, {
        type: 'CaseModification',
        operator: operation.operator,
        pattern: operation.operand && text(operation.operand),
      });
    case 'Transform':
    case 'Names':
    case 'Unknown':
      visit(operation);
      return HOLE;
  }
}

function change(value: string | undefined, operation: Operation): string {
  return value === undefined ? HOLE : applyOperation(value, operation);
}
