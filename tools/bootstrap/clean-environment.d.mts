export declare function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
