/** Why a wait ends when the window goes and whoever waits still does: the request stays open for the next window. */
export class WindowClosing extends Error {}
