/** What a visitor has shown before, as a token of ours says it. */
export interface Proof {
  subject: string;
  site: string;
  methods: string[];
  /** When the oldest of them was shown. */
  provenAt: Date;
  email?: string;
  /** The known-browser token of the address that was proven: given out with the pass. */
  device?: string;
}
