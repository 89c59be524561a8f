export { prepare } from '../requester/world.js';
