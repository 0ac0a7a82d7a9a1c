/** Something a person should know while an act goes on. */
export interface Notice {
  /**
   * `connection`: the broker was lost or is back. `loss`: something was dropped, refused or cut; it should always be
   * shown.
   */
  kind: 'connection' | 'loss';
  /** a clause in lower case without a full stop; holds no payload */
  text: string;
}

/** Takes notices as they come. */
export type OnNotice = (notice: Notice) => void;
