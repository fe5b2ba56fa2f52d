export type Lock = { held: true; tookOver: boolean; release: () => void } | { held: false; pid: number };
export declare function takeLock(path: string): Lock;
export declare function lockHolder(path: string): number | undefined;
