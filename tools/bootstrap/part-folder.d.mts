export declare function partFolder(path: string): string;
