export { prepare } from '../everything/world.js';
