// The package has no types of its own: what is used of it.
declare module 'cliui' {
  interface Column {
    text: string;
    width?: number;
    /** top, right, bottom, left */
    padding?: [number, number, number, number];
  }

  interface Layout {
    div(...columns: Column[]): unknown;
    toString(): string;
  }

  export default function cliui(options: { width: number; wrap: boolean }): Layout;
}
