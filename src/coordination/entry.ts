/** What a party that may say so has said of a lock or a barrier, and when the store took it. */
export interface Entry<Act> {
  /** its place in the stream */
  seq: number;
  /** when the stream took it by the broker's clock, Unix time in milliseconds */
  storedMs: number;
  /** base58 */
  publicKey: string;
  /** the name that Peers give the key, or this node's own */
  party: string;
  /** lower-case hex: the same in all that one run of a command says */
  uuid: string;
  act: Act;
}
