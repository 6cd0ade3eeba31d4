/** Tells the person at the screen what a slow stage is doing: one short line each time. */
export type Report = (line: string) => void;
